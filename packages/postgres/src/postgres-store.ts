import type { Support, TransactionalStore, TransactionalSupport, Unwatch } from '@idem/core';
import {
  checkTimeout,
  type PurgeIntervalOptions,
  type PurgeOptions,
  Runner,
  type SqlChannel,
  startPurging,
  type TransactionAdapter,
} from '@idem/core/sql';
import { type ConnectOptions, openPool, type Server } from './connection/connect.ts';
import { diagnose } from './diagnose/diagnose.ts';
import type { Finding } from './diagnose/finding.ts';
import type { PgTransaction } from './drivers/pg-transactions.ts';
import type { PoolChannel } from './drivers/pool-channel.ts';
import { faults } from './faults/fault.ts';
import { type PostgresStoreOptions, placesOf } from './options.ts';
import { purgeExpired } from './purge/purge.ts';
import { Walk } from './purge/walk.ts';
import { type Names, namesOf } from './schema/names.ts';
import { createSchema } from './schema/schema-sql.ts';
import { SqlOperations } from './sql-operations.ts';
import { type PostgresTransactionStore, TransactionOperations } from './transaction-store.ts';
import { type TableWakeUps, wakeUpsOf } from './watch/table-wake-ups.ts';

/** How long `ensureSchema` may wait for other processes that create the schema, in milliseconds. */
const SCHEMA_TIMEOUT = 60_000;

/**
 * Idempotency records in a table of PostgreSQL 14 or newer, by the server's clock. Its schema is made
 * by `ensureSchema`, once.
 *
 * Beside the codes of every store, operations reject with `IDEM_SCHEMA_MISSING` when the schema is
 * not there, `IDEM_STORE_BUSY` when the pool is exhausted or the server at its limits, and
 * `IDEM_STORE_FULL` when its disk is.
 *
 * `Tx` is what your library hands to the work of a transaction.
 */
export class PostgresStore<Tx = PgTransaction>
  extends SqlOperations
  implements TransactionalStore<Tx>
{
  readonly #pool: PoolChannel;
  readonly #transactions: TransactionAdapter<never>;
  readonly #names: Names;
  readonly #timeout: number;
  /** Ends what `connect` opened. */
  #end: (() => Promise<void>) | undefined;
  readonly #purgers = new Set<Disposable>();
  readonly #walk = new Walk();
  readonly #wakeUps: TableWakeUps | undefined;
  #supports: TransactionalSupport;

  /**
   * Uses your pool, or your connections in another library, and never ends them. Sends nothing.
   * Throws `IDEM_INVALID_OPTIONS`.
   */
  constructor(options: PostgresStoreOptions<Tx>) {
    const places = placesOf(options);
    const { pool, transactions } = places;
    const names = namesOf(options);
    const wakeUps = wakeUpsOf(options.wakeUp, places, names);
    const timeout = checkTimeout(options.timeout);
    super({ channel: pool, names, clock: 'now()', faults, timeout, repeat: true });
    this.#pool = pool;
    this.#transactions = transactions;
    this.#names = names;
    this.#timeout = timeout;
    this.#wakeUps = wakeUps;
    this.#supports = {
      durability: { promised: true },
      sharing: { promised: true },
      wakeUp: wakeUps === undefined ? SILENT : { promised: true },
      sameKeyWhileOpen: { promised: true },
      otherKeysWhileOpen: { promised: true },
    };
  }

  /** What it promises. Of durability `diagnose` asks the server, and what it answers stands here since. */
  get supports(): TransactionalSupport {
    return this.#supports;
  }

  /**
   * Opens a pool of `pg` of its own, which `close` ends, and sees that the server answers. A
   * transaction for `inTransaction` may be of any other pool on the same database.
   *
   * @param server `postgres://user:password@host:port/database?sslmode=verify-full`, or the
   *   configuration of a `Pool` of pg
   */
  static async connect<Tx = PgTransaction>(
    server: Server,
    options: ConnectOptions<Tx> = {},
  ): Promise<PostgresStore<Tx>> {
    const { settings, end } = await openPool(server, options);
    const store = new PostgresStore<Tx>(settings);
    store.#end = end;
    return store;
  }

  /**
   * Creates what is missing of the schema. May be called again and by many processes at once. Only
   * where something is missing does it need the right to create tables and functions.
   *
   * Rejects with `IDEM_STORE_FAILED` when the right is missing.
   */
  async ensureSchema(): Promise<void> {
    this.refuseWhenClosed();
    const runner = new Runner(this.#pool, { faults, timeout: SCHEMA_TIMEOUT, repeat: true });
    const text = createSchema(this.#names);
    await runner.run({ text, parameters: [], signal: undefined, read: () => {} });
  }

  /**
   * The store in your open transaction: what it writes is committed or rolled back with the rest.
   * Nothing is sent again inside it, because a fault has doomed the transaction: run the whole of it
   * again. An aborted signal cancels what was sent, and rejects when that is over, so that the
   * transaction can be rolled back. Throws `IDEM_INVALID_OPTIONS` for what is no transaction.
   */
  inTransaction(tx: Tx): PostgresTransactionStore {
    return new TransactionOperations({
      channel: this.#channelOf(tx),
      pool: this.#pool,
      names: this.#names,
      timeout: this.#timeout,
      supports: this.supports,
      wakeUps: this.#wakeUps,
    });
  }

  /**
   * Deletes rows that are of no more use, in small batches that step over rows in use: vacant and
   * expired ones ten minutes after their end, lapsed claims after 24 hours. Resolves with the
   * number of rows deleted.
   */
  async purgeExpired(options: PurgeOptions = {}): Promise<number> {
    this.refuseWhenClosed();
    return purgeExpired(this.runner, this.#names.quotedTable, this.#walk, options);
  }

  /** Purges on an interval, without keeping the process alive, until it is disposed or the store closed. */
  startPurging(options: PurgeIntervalOptions = {}): Disposable {
    this.refuseWhenClosed();
    const purger = startPurging((purge) => this.purgeExpired(purge), options);
    this.#purgers.add(purger);
    return purger;
  }

  /**
   * Looks at the server's settings, its standbys and the table, and names what could lose records, run
   * a function twice, or make the table grow. Run it when the application starts, and let a finding
   * of severity `error` stop the deployment. What the role may not see is a finding too.
   *
   * Rejects as every operation does when the server does not answer.
   */
  async diagnose(): Promise<readonly Finding[]> {
    this.refuseWhenClosed();
    const { findings, durability } = await diagnose(this.runner, this.#names.quotedTable);
    this.#supports = { ...this.#supports, durability };
    return findings;
  }

  protected override doWatch(key: string, wake: () => void): Unwatch {
    return this.#wakeUps?.watch(key, wake) ?? (() => {});
  }

  protected override ended(key: string): void {
    this.#wakeUps?.ended(key);
  }

  protected override async doClose(): Promise<void> {
    for (const purger of this.#purgers) purger[Symbol.dispose]();
    await this.#wakeUps?.close();
    // What `connect` opened waits first for what is under way.
    await (this.#end === undefined ? this.#pool.close?.() : this.#end());
  }

  #channelOf(tx: Tx): SqlChannel {
    // The adapter of that library says what is no transaction of it.
    return Reflect.apply(this.#transactions.channel, this.#transactions, [tx]);
  }
}

const SILENT: Support = {
  promised: false,
  reason: 'The store was opened without the option wakeUp: true.',
};
