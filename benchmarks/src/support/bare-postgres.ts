import type { Pool, QueryResult } from 'pg';
import { LEASE, TTL } from './work.ts';

/** The least that does the same work, as an application would write it: a table and three statements, each prepared. */
export class BarePostgres {
  readonly #pool: Pool;
  readonly #table: string;

  constructor(pool: Pool, table: string) {
    this.#pool = pool;
    this.#table = table;
  }

  async create(): Promise<void> {
    await this.#pool.query(`CREATE TABLE ${this.#table} (
      key text PRIMARY KEY, state text NOT NULL, token text NOT NULL, fingerprint text,
      ends_at timestamptz NOT NULL, value bytea)`);
  }

  /** True when the key was free. */
  async take(key: string, token: string, fingerprint: string): Promise<boolean> {
    const { rowCount } = await this.#send(
      'bare_take',
      `INSERT INTO ${this.#table} (key, state, token, fingerprint, ends_at)
       VALUES ($1, 'claimed', $2, $3, now() + $4 * interval '1 ms') ON CONFLICT DO NOTHING`,
      [key, token, fingerprint, LEASE],
    );
    return rowCount === 1;
  }

  /** True when it is still ours. */
  async complete(key: string, token: string, value: Buffer): Promise<boolean> {
    const { rowCount } = await this.#send(
      'bare_complete',
      `UPDATE ${this.#table} SET state = 'completed', value = $3, ends_at = now() + $4 * interval '1 ms'
       WHERE key = $1 AND token = $2 AND state = 'claimed'`,
      [key, token, value, TTL],
    );
    return rowCount === 1;
  }

  async read(key: string): Promise<{ state: string; fingerprint: string; value: Buffer }> {
    const { rows } = await this.#send(
      'bare_read',
      `SELECT state, fingerprint, value FROM ${this.#table} WHERE key = $1 AND ends_at > now()`,
      [key],
    );
    return rows[0];
  }

  #send(name: string, text: string, values: unknown[]): Promise<QueryResult> {
    return this.#pool.query({ name, text, values });
  }
}
