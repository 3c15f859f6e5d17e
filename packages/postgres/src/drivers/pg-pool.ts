import { IdempotencyError } from '@idem/core';
import { refuse } from '@idem/core/adapter';
import { type Exchange, exchange, type SqlParameter, type SqlRow } from '@idem/core/sql';
import { isElsewhere } from '../faults/fault.ts';
import { endingBy } from './ending-by.ts';
import { cancelOn } from './pg-cancel.ts';
import { isPgPool, type PgClient, type PgPool, transactionStatus } from './pg-client.ts';
import { PgReserve } from './pg-reserve.ts';
import { PgStatements } from './pg-statements.ts';
import type { PoolChannel } from './pool-channel.ts';
import { dollar, SERVER } from './terms.ts';

/** Its connection is to be closed: something of it is left that nobody must get. */
const CLOSE = true;

/** Takes a client back; closes it where that is asked. */
type Release = (close: boolean) => void;

/** Gives a client, as `pool.connect` of pg does. */
type Take = (done: (error: unknown, client?: PgClient, release?: Release) => void) => void;

/**
 * The connections of a pool of `pg`, or one client of it, for what belongs to no transaction. The store
 * never ends it. What a lease depends on does not wait for a pool whose connections are all in use.
 */
export function pgPool(pool: PgPool | PgClient): PoolChannel {
  if (isBinary(pool)) {
    // pg decodes such answers as UTF-8 before anybody can read them.
    const what = 'without binary: true, which loses bytes of what was recorded';
    refuse('IDEM_INVALID_OPTIONS', undefined, what, 'option pool');
  }
  const statements = new PgStatements();
  const reserve = isPgPool(pool) ? new PgReserve(pool) : undefined;
  const keeping: Take = isPgPool(pool) ? fromPool(pool) : (done) => done(undefined, pool, keep);
  return {
    placeholder: dollar,
    close: async () => reserve?.close(),
    send: ({ text, parameters, deadline, signal, urgent }) => {
      const asked = urgent ? reserve?.instead() : undefined;
      const take = asked === undefined ? keeping : firstOf(fromPool(asked), keeping);
      const limited = isPgPool(pool) ? text : endingBy(text, deadline);
      const sending = new Sending(take, statements, limited, [...parameters]);
      const sent = exchange<readonly SqlRow[]>(
        { deadline, signal },
        {
          server: SERVER,
          rejects: 'at once',
          cancel: () => sending.cancel(),
          work: (told) => sending.send(told),
        },
      );
      if (asked !== undefined) reserve?.sending(sent);
      return sent;
    },
  };
}

/** One statement on one client. By callbacks: each promise of pg is wrapped in a second one. */
class Sending {
  readonly #take: Take;
  readonly #statements: PgStatements;
  readonly #text: string;
  readonly #values: SqlParameter[];
  #taken: { readonly client: PgClient; readonly release: Release } | undefined;

  constructor(take: Take, statements: PgStatements, text: string, values: SqlParameter[]) {
    this.#take = take;
    this.#statements = statements;
    this.#text = text;
    this.#values = values;
  }

  send(told: Exchange): Promise<readonly SqlRow[]> {
    return new Promise((resolve, reject) => {
      this.#take((error, client, release = keep) => {
        if (client === undefined) reject(error);
        else if (told.given()) {
          release(false);
          resolve([]);
        } else if (isOpen(client)) {
          release(CLOSE);
          reject(release === keep ? inTransaction() : leftOpen());
        } else {
          told.connected();
          this.#taken = { client, release };
          this.#query(client, told, resolve, reject);
        }
      });
    });
  }

  /**
   * The pool closes the client, because its answer is still to come; the server is asked to stop. On
   * a client that is not the pool's to close it ends by itself.
   */
  cancel(): void {
    if (this.#taken === undefined || this.#taken.release === keep) return;
    cancelOn(this.#taken.client);
    this.#giveBack(CLOSE);
  }

  #query(
    client: PgClient,
    told: Exchange,
    resolve: (rows: readonly SqlRow[]) => void,
    reject: (error: unknown) => void,
  ): void {
    const isShared = this.#taken?.release === keep;
    // Somebody's BEGIN may be in the queue of the client before it.
    const refusal = (): Error | undefined => {
      if (told.given()) return new Error('The statement was given up before it was sent.');
      if (!isOpen(client)) return undefined;
      return isShared ? inTransaction() : leftOpen();
    };
    this.#statements.run(client, this.#text, this.#values, refusal, (error, rows) => {
      // It rolls back what a client without that question has made part of somebody's transaction.
      const inside = isOpen(client);
      this.#giveBack(inside || (rows === undefined && isElsewhere(error)));
      if (rows === undefined) reject(error);
      else if (inside) reject(isShared ? becamePart() : leftOpen());
      else resolve(rows);
    });
  }

  #giveBack(close: boolean): void {
    if (this.#taken === undefined) return;
    const { release } = this.#taken;
    this.#taken = undefined;
    release(close);
  }
}

function fromPool(pool: PgPool): Take {
  return (done) =>
    pool.connect((error, client) => {
      if (client === undefined) {
        done(error);
        return;
      }
      client.on('error', ignore);
      done(undefined, client, (close) => {
        // Before: with its release the client may have gone to the next who waits.
        client.removeListener('error', ignore);
        client.release(close);
      });
    });
}

/** The second gives a client where the first cannot: the server may allow no connection more than the pool has. */
function firstOf(first: Take, second: Take): Take {
  return (done) =>
    first((error, client, release) => {
      if (client === undefined) second(done);
      else done(error, client, release);
    });
}

/** Somebody gave this connection back with a transaction open: what was sent would be part of it. */
function isOpen(client: PgClient): boolean {
  const status = transactionStatus(client);
  return status === 'T' || status === 'E';
}

function leftOpen(): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_UNAVAILABLE',
    'The connection that the pool gave was in a transaction that somebody left open; it was closed, which rolls back. Look for work that gives a client back without COMMIT or ROLLBACK, or give the store a pool of its own.',
    { retryable: true },
  );
}

function inTransaction(): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_FAILED',
    'The client that the store was given is in a transaction, and what belongs to none would become part of it. Nothing was sent. Give the store a pool, or a client of its own.',
  );
}

function becamePart(): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_FAILED',
    'The client that the store was given began a transaction meanwhile, and this became part of it: whether it takes effect is decided by that transaction. Give the store a pool, or a client of its own.',
  );
}

/** Whether this pool or client asks for answers in their binary form. */
function isBinary(pool: PgPool | PgClient): boolean {
  const options: unknown = isPgPool(pool) ? Reflect.get(pool, 'options') : pool;
  return typeof options === 'object' && options !== null && Reflect.get(options, 'binary') === true;
}

/** One client for everything is nobody's to give back. */
function keep(): void {}

/**
 * A client that loses its connection says so by an event, and one that nobody listens to ends the
 * process. Whoever waits for its answer is told as well.
 */
function ignore(): void {}
