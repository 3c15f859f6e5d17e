import { randomBytes } from 'node:crypto';
import type { SqlParameter } from '@idem/core/sql';
import { requestCancel } from './pg-cancel.ts';
import type { PostgresJs, PostgresJsRawQuery } from './postgres-js-client.ts';

type Send = (text: string, parameters: readonly SqlParameter[]) => PostgresJsRawQuery;

/** `left` in place of LIKE: nothing in a mark is a pattern. */
const CANCEL =
  "SELECT pg_cancel_backend(a.pid) AS cancelled FROM pg_stat_activity a WHERE a.state = 'active' AND left(a.query, length($1::text)) = $1::text";

/** How long a connection of the pool has to take the request, in milliseconds. */
const PATIENCE = 1_000;

/**
 * Gives up queries of postgres.js, and never by its own `query.cancel()`. That loses the connection
 * that a query is about to get (it is opened for it, or idle, and is then in no queue of the pool for
 * ever), takes the answers of a pipeline for those to other queries, may cancel whatever the connection
 * runs by then, and rejects a promise that nobody can handle where the server cannot be reached.
 *
 * In its place each query begins with a mark of its own, and the server cancels the one that bears it,
 * asked on another connection of the pool.
 */
export class Giving {
  readonly #sql: PostgresJs;
  readonly #send: Send;
  readonly #pool: string = randomBytes(8).toString('hex');
  #count = 0;

  constructor(sql: PostgresJs, send: Send) {
    this.#sql = sql;
    this.#send = send;
  }

  /** What the text of the next query begins with; in front, because the server shows long texts cut off. */
  mark(): string {
    this.#count += 1;
    return `/* idem ${this.#pool} ${this.#count} */ `;
  }

  up(query: PostgresJsRawQuery, mark: string): void {
    if (emptied(query)) return;
    const asking = this.#send(CANCEL, [mark]);
    // Every connection may be taken by a query that waits, and none would ever be free to ask on.
    const timer = setTimeout(() => {
      emptied(asking);
      this.#cancelProcessOf(query);
    }, PATIENCE);
    timer.unref();
    const done = (): void => clearTimeout(timer);
    asking.then(done, done);
  }

  /** Whatever it runs: a query that has waited for so long is hardly over at this very moment. */
  #cancelProcessOf(query: PostgresJsRawQuery): void {
    const [state, isActive] = [Reflect.get(query, 'state'), Reflect.get(query, 'active')];
    if (isActive !== true || typeof state !== 'object' || state === null) return;
    const { options } = this.#sql;
    const hosts: unknown = Reflect.get(options, 'host');
    const ports: unknown = Reflect.get(options, 'port');
    // Of several hosts nobody tells which it is, and a socket of the application's leads anywhere.
    if (!Array.isArray(hosts) || hosts.length !== 1 || !Array.isArray(ports)) return;
    if (Reflect.get(options, 'socket') !== undefined) return;
    requestCancel(
      hosts[0],
      Number(ports[0]),
      Reflect.get(state, 'pid'),
      Reflect.get(state, 'secret'),
    );
  }
}

/**
 * Makes nothing of a query that was not sent yet. It keeps its place, in which the driver takes no gap.
 * A version of the driver that holds queries otherwise sends it as it is, which is as legal.
 */
function emptied(query: PostgresJsRawQuery): boolean {
  const isWaiting = Reflect.get(query, 'state') === null;
  if (!isWaiting || !('strings' in query) || !('args' in query)) return false;
  query.strings = ['SELECT 1'];
  query.args = [];
  return true;
}
