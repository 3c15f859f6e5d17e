import { PostgresStore } from '@idem/postgres';
import { kyselyPool, kyselyTransactions } from '@idem/postgres/kysely';
import { Kysely, PostgresDialect, sql as raw } from 'kysely';
import pg from 'pg';
import postgres from 'postgres';

const TIMEOUT = 60_000;
const SIZE = 4;
const TEXT = 'SELECT $1::integer AS n, pg_sleep($2::float8) IS NULL AS slept';

/** Connections that the store and an application share. */
export interface Shared {
  readonly store: PostgresStore<never>;
  readonly connections: number;
  /** A statement of the application's, which takes so many seconds and answers the number. */
  say(n: number, seconds?: number): Promise<unknown>;
  end(): Promise<unknown>;
}

export interface Way {
  readonly name: string;
  open(url: string): Promise<Shared>;
}

export const ways: readonly Way[] = [
  {
    name: 'a pool of pg',
    open: async (connectionString) => {
      const pool = new pg.Pool({ connectionString, max: SIZE });
      pool.on('error', () => {});
      return {
        store: new PostgresStore<never>({ pool, timeout: TIMEOUT }),
        connections: SIZE,
        say: async (n, seconds = 0) => (await pool.query(TEXT, [n, seconds])).rows[0]?.n,
        end: () => pool.end(),
      };
    },
  },
  {
    name: 'one client of pg',
    open: async (connectionString) => {
      const client = new pg.Client({ connectionString });
      await client.connect();
      return {
        store: new PostgresStore<never>({ pool: client, timeout: TIMEOUT }),
        connections: 1,
        say: async (n, seconds = 0) => (await client.query(TEXT, [n, seconds])).rows[0]?.n,
        end: () => client.end(),
      };
    },
  },
  {
    name: 'postgres.js',
    open: async (url) => {
      const sql = postgres(url, { max: SIZE, onnotice: () => {} });
      return {
        store: new PostgresStore<never>({ pool: sql, timeout: TIMEOUT }),
        connections: SIZE,
        say: async (n, seconds = 0) => (await sql.unsafe(TEXT, [n, seconds]))[0]?.['n'],
        end: () => sql.end(),
      };
    },
  },
  {
    name: 'Kysely',
    open: async (connectionString) => {
      const pool = new pg.Pool({ connectionString, max: SIZE });
      const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
      const places = { pool: kyselyPool(db), transactions: kyselyTransactions() };
      return {
        store: new PostgresStore<never>({ ...places, timeout: TIMEOUT }),
        connections: SIZE,
        say: async (n, seconds = 0) =>
          (
            await raw<{
              n: number;
            }>`SELECT ${n}::integer AS n, pg_sleep(${seconds}::float8) IS NULL AS slept`.execute(db)
          ).rows[0]?.n,
        end: () => db.destroy(),
      };
    },
  },
];
