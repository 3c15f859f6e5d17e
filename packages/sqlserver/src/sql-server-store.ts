import type { TransactionalStore, TransactionalSupport } from '@idem/core';
import {
  checkTimeout,
  type PurgeIntervalOptions,
  type PurgeOptions,
  Runner,
  type SqlChannel,
  startPurging,
  type TransactionAdapter,
} from '@idem/core/sql';
import { type ConnectOptions, type ConnectWith, connect } from './connection/connect.ts';
import type { ConnectionSource } from './connection/source.ts';
import { faults } from './faults/fault.ts';
import type { KyselyTransaction } from './optional-types.ts';
import { placesOf, type SqlServerStoreOptions } from './options.ts';
import { purgeExpired } from './purge.ts';
import { type PurgeBacklog, type PurgeBacklogOptions, purgeBacklog } from './purge-backlog.ts';
import { type Names, namesOf } from './schema/names.ts';
import { backlog } from './schema/procedures/backlog.ts';
import { callProcedure } from './schema/procedures/procedure.ts';
import { purge } from './schema/procedures/purge.ts';
import { createSchema } from './schema/schema-sql.ts';
import { SqlOperations } from './sql-operations.ts';
import { type SqlServerTransactionStore, TransactionOperations } from './transaction-store.ts';

/** How long `ensureSchema` may wait for other processes that create the schema, in milliseconds. */
const SCHEMA_TIMEOUT = 60_000;

/**
 * Idempotency records in a table of SQL Server 2017 or newer, Azure SQL or Babelfish, by the
 * server's clock. Its schema is made by `ensureSchema`, once.
 *
 * Beside the codes of every store, operations reject with `IDEM_SCHEMA_MISSING` when the schema is
 * not there, `IDEM_STORE_BUSY` when the pool is exhausted or the server at its limits, and
 * `IDEM_STORE_FULL` when the database is.
 *
 * `Tx` is what your library hands to the work of a transaction.
 */
export class SqlServerStore<Tx = KyselyTransaction<unknown>>
  extends SqlOperations
  implements TransactionalStore<Tx>
{
  readonly supports: TransactionalSupport = {
    durability: { promised: true },
    sharing: { promised: true },
    wakeUp: {
      promised: false,
      reason:
        'SQL Server tells no session of a change to a row: query notifications need rights and a broker of the database, and do not exist in Azure SQL; who waits asks again',
    },
    sameKeyWhileOpen: {
      promised: false,
      reason:
        'without row versioning (READ_COMMITTED_SNAPSHOT), which is a setting of your database, readers wait for the transaction that wrote the row',
    },
    otherKeysWhileOpen: { promised: true },
  };

  readonly #channel: SqlChannel;
  readonly #transactions: TransactionAdapter<Tx>;
  readonly #names: Names;
  readonly #timeout: number;
  /** Ends what `connect` opened. */
  #end: (() => Promise<void>) | undefined;
  readonly #purgers = new Set<Disposable>();

  /**
   * Uses your Kysely instance, or your connections in another library, and never ends them. Sends
   * nothing. Throws `IDEM_INVALID_OPTIONS`.
   */
  constructor(options: SqlServerStoreOptions<Tx>) {
    const { pool, transactions } = placesOf(options);
    const names = namesOf(options);
    const timeout = checkTimeout(options.timeout);
    super({ channel: pool, names, faults, timeout, repeat: true });
    this.#channel = pool;
    this.#transactions = transactions;
    this.#names = names;
    this.#timeout = timeout;
  }

  /**
   * Opens a pool of its own, which `close` ends, and sees that the server answers. A transaction for
   * `inTransaction` may be of any other pool on the same database. The pool is of kysely, tarn and
   * tedious, which are imported here and not before; rejects with `IDEM_ADAPTER_MISSING` when one of
   * them is not installed.
   *
   * @param server `sqlserver://user:password@host:port/database?encrypt=true`, or tedious's
   *   configuration, or a function that gives one for each connection
   */
  static connect<DB = unknown>(
    server: string | URL | ConnectionSource,
    options?: ConnectOptions,
  ): Promise<SqlServerStore<KyselyTransaction<DB>>>;
  static connect<Tx>(
    server: string | URL | ConnectionSource,
    options: ConnectWith<Tx>,
  ): Promise<SqlServerStore<Tx>>;
  static async connect<Tx>(
    server: string | URL | ConnectionSource,
    options: ConnectOptions | ConnectWith<Tx> = {},
  ): Promise<SqlServerStore<Tx>> {
    const { db, settings } = await connect<Tx>(server, options);
    const store = new SqlServerStore<Tx>({ db, ...settings });
    store.#end = () => db.destroy();
    return store;
  }

  /**
   * Creates what is missing of the schema. May be called again and by many processes at once. Only
   * where something is missing does it need the right to create tables and procedures.
   *
   * Rejects with `IDEM_STORE_FAILED` when the right is missing.
   */
  async ensureSchema(): Promise<void> {
    this.refuseWhenClosed();
    const runner = new Runner(this.#channel, { faults, timeout: SCHEMA_TIMEOUT, repeat: true });
    const text = createSchema(this.#names);
    await runner.run({ text, parameters: [], signal: undefined, read: () => {} });
  }

  /**
   * The store in your open transaction: what it writes is committed or rolled back with the rest.
   * Nothing is sent again inside it, because a fault may have doomed the transaction: run the whole
   * of it again. An aborted signal cancels what was sent, and rejects when that is over, so that the
   * transaction can be rolled back.
   */
  inTransaction(tx: Tx): SqlServerTransactionStore {
    return new TransactionOperations({
      channel: this.#transactions.channel(tx),
      names: this.#names,
      faults,
      timeout: this.#timeout,
      supports: this.supports,
    });
  }

  /**
   * Deletes rows that are of no more use, in small batches that step over rows in use: vacant and
   * expired ones ten minutes after their end, lapsed claims after 24 hours. Resolves with the
   * number of rows deleted.
   */
  async purgeExpired(options: PurgeOptions = {}): Promise<number> {
    this.refuseWhenClosed();
    const text = callProcedure(this.#names, purge, this.#channel.placeholder);
    return purgeExpired(this.runner, text, options);
  }

  /**
   * How many rows wait for the purge, and for how long: to see whether it keeps up. Reads no more than
   * these rows' entries in the purge index. Rejects with `IDEM_INVALID_OPTIONS`.
   */
  async purgeBacklog(options: PurgeBacklogOptions = {}): Promise<PurgeBacklog> {
    this.refuseWhenClosed();
    const text = callProcedure(this.#names, backlog, this.#channel.placeholder);
    return purgeBacklog(this.runner, text, options);
  }

  /** Purges on an interval, without keeping the process alive, until it is disposed or the store closed. */
  startPurging(options: PurgeIntervalOptions = {}): Disposable {
    this.refuseWhenClosed();
    const purger = startPurging((purge) => this.purgeExpired(purge), options);
    this.#purgers.add(purger);
    return purger;
  }

  protected override async doClose(): Promise<void> {
    for (const purger of this.#purgers) purger[Symbol.dispose]();
    await this.#end?.();
  }
}
