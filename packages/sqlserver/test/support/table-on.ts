import { randomBytes } from 'node:crypto';
import { dropSchemaSql, SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CompiledQuery, Kysely } from 'kysely';
import { configOf } from './config.ts';
import { type Address, type UrlOptions, urlOf } from './server.ts';

/** A table of its own on the tests' server, and ways to reach it. */
export interface TestTable {
  readonly address: Address;
  readonly table: string;
  readonly url: string;
  /** A Kysely instance as a user would have it. */
  readonly db: Kysely<unknown>;
  /** Opens a store with a pool of its own; closed after the tests. */
  open(options?: UrlOptions): Promise<SqlServerStore>;
  /** Removes another table that a test made. */
  dropTable(table: string): Promise<void>;
  /** Sends T-SQL beside the store. */
  query<R>(text: string, parameters?: unknown[]): Promise<R[]>;
}

/** A table that somebody has to remove. */
export interface MadeTable extends TestTable {
  drop(): Promise<void>;
}

/**
 * Connections of a table's instance: enough for what tests do side by side, and kept when idle. What a
 * server has to learn on a new one (Babelfish: two seconds of parsing) is most of what a test costs.
 */
const POOL = { min: 6, max: 6 };

/** Milliseconds that a request may take: on a busy machine creating the schema takes longer than tedious lets it. */
const REQUEST_TIMEOUT = 300_000;

/** A Kysely instance of the tests. */
export function openInstance(address: Address): Kysely<unknown> {
  const config = configOf(address);
  const options = { ...config.options, requestTimeout: REQUEST_TIMEOUT };
  return new Kysely<unknown>({ dialect: createDialect({ ...config, options }, POOL) });
}

/**
 * A table with a name of its own; `drop` removes it and closes what was opened.
 *
 * @param kept an instance that outlives the table; by default it has its own
 */
export function makeTable(address: Address, kept?: Kysely<unknown>): MadeTable {
  const table = `Idem_${randomBytes(6).toString('hex')}`;
  const db = kept ?? openInstance(address);
  const stores: SqlServerStore[] = [];
  const query = async <R>(text: string, parameters: unknown[] = []): Promise<R[]> =>
    (await db.executeQuery<R>(CompiledQuery.raw(text, parameters))).rows;
  return {
    address,
    table,
    url: urlOf(address, table),
    db,
    open: async (options) => {
      const store = await SqlServerStore.connect(urlOf(address, table, options));
      stores.push(store);
      return store;
    },
    query,
    dropTable: async (other) => {
      await query(dropSchemaSql({ table: other }));
    },
    drop: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await query(dropSchemaSql({ table }));
      if (kept === undefined) await db.destroy();
    },
  };
}
