import type { PostgresJs } from './postgres-js-client.ts';
import { rowsOfRaw } from './postgres-js-rows.ts';

/**
 * Whether statements may be sent by name on the connections of postgres.js. Not behind a pooler that
 * gives each transaction another session of the server: where a name is not known there, postgres.js
 * prepares and sends again by itself, and hands answers to the wrong questions as it does.
 *
 * A pooler shows: it answers a connection with a process id of its own, and not with that of the
 * session. That is asked once.
 */
export class PostgresJsNames {
  readonly #sql: PostgresJs;
  #work: boolean | undefined;
  #asking: Promise<boolean> | undefined;

  constructor(sql: PostgresJs) {
    this.#sql = sql;
    if (Reflect.get(sql.options, 'prepare') === false) this.#work = false;
  }

  /** True, false, or a promise of it the first time. */
  work(): boolean | Promise<boolean> {
    if (this.#work !== undefined) return this.#work;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** Since an error said so. */
  doNotWork(): void {
    this.#work = false;
  }

  async #ask(): Promise<boolean> {
    const text = 'SELECT pg_backend_pid() AS pid';
    const answer = await this.#sql.unsafe(text).simple().raw();
    const { state } = answer;
    const said =
      typeof state === 'object' && state !== null ? Reflect.get(state, 'pid') : undefined;
    this.#work ??= said !== undefined && said === rowsOfRaw(answer, text)[0]?.['pid'];
    return this.#work;
  }
}
