import { checkMethods, checkOptionNames, refuse } from '@idem/core/adapter';
import type { SqlChannel, TransactionAdapter } from '@idem/core/sql';
import {
  isTransaction,
  type KyselyPlace,
  kyselyPool,
  kyselyTransactions,
} from './client/kysely.ts';
import type { SchemaNames } from './schema/names.ts';

export interface SqlServerSettings extends SchemaNames {
  /** Milliseconds that one operation may take, repetitions after transient faults included. Default 10,000. */
  readonly timeout?: number | undefined;
}

/** A Kysely instance, by what is needed of it; `Tx` is the type of its transactions. */
export interface KyselyDatabase<Tx> extends KyselyPlace {
  transaction(): { execute<T>(work: (tx: Tx) => Promise<T>): Promise<T> };
}

/** On your Kysely instance, with its own transactions. */
export interface OnKysely<Tx> extends SqlServerSettings {
  /** Your Kysely instance with the MssqlDialect. The store never destroys it. */
  readonly db: KyselyDatabase<Tx>;
  readonly transactions?: undefined;
  readonly pool?: undefined;
}

/** With the transactions of another library. */
export interface WithTransactions<Tx> extends SqlServerSettings {
  /** The library whose transactions `inTransaction` takes: `mssqlTransactions` and the like. */
  readonly transactions: TransactionAdapter<Tx>;
}

/** On your Kysely instance, with the transactions of another library. */
export interface OnKyselyWith<Tx> extends WithTransactions<Tx> {
  readonly db: KyselyPlace;
  readonly pool?: undefined;
}

/** On connections of another library. */
export interface OnPool<Tx> extends WithTransactions<Tx> {
  /** Where the store sends what belongs to no transaction: `mssqlPool(pool)`. */
  readonly pool: SqlChannel;
  readonly db?: undefined;
}

export type SqlServerStoreOptions<Tx> = OnKysely<Tx> | OnKyselyWith<Tx> | OnPool<Tx>;

/** Where a store sends its requests. */
export interface Places<Tx> {
  readonly pool: SqlChannel;
  readonly transactions: TransactionAdapter<Tx>;
}

const NAMES: ReadonlySet<string> = new Set([
  ...['db', 'pool', 'transactions'],
  ...['schema', 'table', 'timeout'],
]);

/** Refuses, with `IDEM_INVALID_OPTIONS`, names that are not known, and what is no place for a store. */
export function placesOf<Tx>(options: SqlServerStoreOptions<Tx>): Places<Tx> {
  checkOptionNames(options, NAMES, 'options of SqlServerStore');
  const { db, pool, transactions = kyselyTransactions } = options;
  checkTransactions(transactions);
  if (pool !== undefined) {
    if (typeof pool?.send === 'function' && options.transactions !== undefined) {
      return { pool, transactions };
    }
    refuse('IDEM_INVALID_OPTIONS', pool, '{ pool: mssqlPool(…), transactions }', 'option pool');
  }
  // In a transaction nobody else would see a claim, and a rollback would take records with it.
  if (isKysely(db) && !isTransaction(db)) {
    return { pool: kyselyPool(db), transactions };
  }
  const what =
    'a Kysely instance with the MssqlDialect, not a transaction of it; SqlServerStore.connect(url) opens one itself';
  return refuse('IDEM_INVALID_OPTIONS', db, what, 'option db');
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, what is no adapter of a library's transactions. */
export function checkTransactions(transactions: unknown): void {
  checkMethods(transactions, ['channel'], 'such as mssqlTransactions()', 'option transactions');
}

function isKysely(db: unknown): db is KyselyPlace {
  return typeof db === 'object' && db !== null && 'getExecutor' in db;
}
