import { checkOptionNames, type OpenSubscriber, refuse } from '@idem/core/adapter';
import type { TransactionAdapter } from '@idem/core/sql';
import { isPgClient, isPgPool, type PgClient, type PgPool } from './drivers/pg-client.ts';
import { pgPool } from './drivers/pg-pool.ts';
import { pgTransactions } from './drivers/pg-transactions.ts';
import type { PoolChannel } from './drivers/pool-channel.ts';
import { postgresJsPool, postgresJsTransactions } from './drivers/postgres-js.ts';
import { isPostgresJs, type PostgresJs } from './drivers/postgres-js-client.ts';
import type { SchemaNames } from './schema/names.ts';
import { pgListener } from './watch/pg-listener.ts';
import { postgresJsListener } from './watch/postgres-js-listener.ts';

export interface PostgresSettings extends SchemaNames {
  /** Milliseconds that one operation may take, repetitions after transient faults included. Default 10,000. */
  readonly timeout?: number | undefined;
  /**
   * Tells other processes, by NOTIFY, when a key ceases to be claimed, and hears of it, by LISTEN, on
   * one more connection that is opened when somebody waits. Without it who waits asks again, at
   * growing intervals. LISTEN needs a connection to the server itself, not through a pooler in
   * transaction mode. Default false.
   */
  readonly wakeUp?: boolean | undefined;
}

/** What the store knows by itself: a `Pool` or a connected `Client` of `pg`, or what `postgres()` of postgres.js gave. */
export type KnownPool = PgPool | PgClient | PostgresJs;

/** On connections of `pg` or postgres.js, with the transactions of the same; of `pg`, where nothing else is told. */
export interface OnDriver extends PostgresSettings {
  /** Your pool. The store never ends it. */
  readonly pool: KnownPool | PoolChannel;
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
  readonly pool: KnownPool | PoolChannel;
}

export type PostgresStoreOptions<Tx> = OnDriver | OnPool<Tx>;

/** Where a store sends its requests. */
export interface Places {
  readonly pool: PoolChannel;
  /** Of whichever library: what is no transaction of it is refused when it is handed in. */
  readonly transactions: TransactionAdapter<never>;
  /** Where it can be heard that a claim has ended. */
  readonly listen: OpenSubscriber | undefined;
}

const NAMES: ReadonlySet<string> = new Set([
  ...['pool', 'transactions'],
  ...['schema', 'table', 'timeout', 'wakeUp'],
]);

const WHAT =
  'a Pool or Client of pg, what postgres() of postgres.js gave, or { pool: kyselyPool(…), transactions } and the like; PostgresStore.connect(url) opens a pool itself';

/** Refuses, with `IDEM_INVALID_OPTIONS`, names that are not known, and what is no place for a store. */
export function placesOf<Tx>(options: PostgresStoreOptions<Tx>): Places {
  checkOptionNames(options, NAMES, 'options of PostgresStore');
  const { pool, transactions } = options;
  if (isPostgresJs(pool)) {
    return {
      pool: postgresJsPool(pool),
      transactions: transactions ?? postgresJsTransactions(),
      listen: postgresJsListener(pool),
    };
  }
  if (isPgPool(pool) || isPgClient(pool)) {
    return {
      pool: pgPool(pool),
      transactions: transactions ?? pgTransactions(),
      listen: isPgPool(pool) ? pgListener(pool) : undefined,
    };
  }
  if (typeof pool === 'object' && pool !== null && 'send' in pool) {
    return { pool, transactions: transactions ?? pgTransactions(), listen: pool.listen };
  }
  return refuse('IDEM_INVALID_OPTIONS', pool, WHAT, 'option pool');
}
