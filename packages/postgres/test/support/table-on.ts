import { randomBytes } from 'node:crypto';
import { dropSchemaSql, PostgresStore } from '@idem/postgres';
import pg from 'pg';
import { PATIENT, type UrlOptions, urlWith } from './url.ts';

/** A table of its own on the tests' server, and ways to reach it. */
export interface TestTable {
  readonly server: string;
  readonly table: string;
  /** Of the server and the table. */
  readonly url: string;
  /** A pool as a user would have it. */
  readonly pool: pg.Pool;
  /** Opens a store with a pool of its own; closed after the tests. */
  open(options?: UrlOptions): Promise<PostgresStore>;
  /** Sends SQL beside the store. */
  query<R extends pg.QueryResultRow>(text: string, parameters?: unknown[]): Promise<R[]>;
}

/** A table with a name of its own; `drop` removes it and closes what was opened. */
export function makeTable(server: string): TestTable & { drop(): Promise<void> } {
  const table = `idem_${randomBytes(6).toString('hex')}`;
  const pool = new pg.Pool({ connectionString: server, max: 8, allowExitOnIdle: true });
  pool.on('error', () => {});
  const stores: PostgresStore[] = [];
  const query = async <R extends pg.QueryResultRow>(
    text: string,
    parameters: unknown[] = [],
  ): Promise<R[]> => (await pool.query<R>(text, parameters)).rows;
  return {
    server,
    table,
    url: urlWith(server, { table }),
    pool,
    open: async (options = {}) => {
      const store = await PostgresStore.connect(
        urlWith(server, { table, timeout: PATIENT, ...options }),
      );
      stores.push(store);
      return store;
    },
    query,
    drop: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await query(dropSchemaSql({ table }));
      await pool.end();
    },
  };
}
