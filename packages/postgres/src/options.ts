import { checkOptionNames, refuse } from '@idem/core/adapter';
import type { SqlChannel, TransactionAdapter } from '@idem/core/sql';
import { isPgClient, isPgPool, type PgClient, type PgPool } from './drivers/pg-client.ts';
import { pgPool } from './drivers/pg-pool.ts';
import { pgTransactions } from './drivers/pg-transactions.ts';
import { postgresJsPool, postgresJsTransactions } from './drivers/postgres-js.ts';
import { isPostgresJs, type PostgresJs } from './drivers/postgres-js-client.ts';
import type { SchemaNames } from './schema/names.ts';

export interface PostgresSettings extends SchemaNames {
  /** Milliseconds that one operation may take, repetitions after transient faults included. Default 10,000. */
  readonly timeout?: number | undefined;
}

/** What the store knows by itself: a `Pool` or a connected `Client` of `pg`, or what `postgres()` of postgres.js gave. */
export type KnownPool = PgPool | PgClient | PostgresJs;

/** On connections of `pg` or postgres.js, with the transactions of the same; of `pg`, where nothing else is told. */
export interface OnDriver extends PostgresSettings {
  /** Your pool. The store never ends it. */
  readonly pool: KnownPool | SqlChannel;
  readonly transactions?: undefined;
}

/** With the transactions of another library. */
export interface WithTransactions<Tx> extends PostgresSettings {
  /** The library whose transactions `inTransaction` takes: `drizzleTransactions()` and the like. */
  readonly transactions: TransactionAdapter<Tx>;
}

/** On connections of one library, with the transactions of another. */
export interface OnPool<Tx> extends WithTransactions<Tx> {
  /** Where the store sends what belongs to no transaction: `pg`, postgres.js, or `kyselyPool(db)` and the like. */
  readonly pool: KnownPool | SqlChannel;
}

export type PostgresStoreOptions<Tx> = OnDriver | OnPool<Tx>;

/** Where a store sends its requests. */
export interface Places {
  readonly pool: SqlChannel;
  /** Of whichever library: what is no transaction of it is refused when it is handed in. */
  readonly transactions: TransactionAdapter<never>;
}

const NAMES: ReadonlySet<string> = new Set([
  ...['pool', 'transactions'],
  ...['schema', 'table', 'timeout'],
]);

const WHAT =
  'a Pool or Client of pg, what postgres() of postgres.js gave, or { pool: kyselyPool(…), transactions } and the like; PostgresStore.connect(url) opens a pool itself';

/** Refuses, with `IDEM_INVALID_OPTIONS`, names that are not known, and what is no place for a store. */
export function placesOf<Tx>(options: PostgresStoreOptions<Tx>): Places {
  checkOptionNames(options, NAMES, 'options of PostgresStore');
  const { pool, transactions } = options;
  if (isPostgresJs(pool)) {
    return { pool: postgresJsPool(pool), transactions: transactions ?? postgresJsTransactions() };
  }
  if (isPgPool(pool) || isPgClient(pool)) {
    return { pool: pgPool(pool), transactions: transactions ?? pgTransactions() };
  }
  if (typeof pool === 'object' && pool !== null && 'send' in pool) {
    return { pool, transactions: transactions ?? pgTransactions() };
  }
  return refuse('IDEM_INVALID_OPTIONS', pool, WHAT, 'option pool');
}
