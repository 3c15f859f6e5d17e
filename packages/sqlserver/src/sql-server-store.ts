import type { StoreSupport, TransactionalStore } from '@idem/core';
import { IdempotencyError } from '@idem/core';
import { CompiledQuery, type Kysely, type Transaction } from 'kysely';
import type { ConnectionConfiguration } from 'tedious';
import { type ConnectOptions, openDatabase } from './connection/connect.ts';
import { Runner } from './connection/runner.ts';
import { toIdempotencyError } from './faults/fault.ts';
import { checkDatabase, type SqlServerStoreOptions, timeoutOf } from './options.ts';
import { type PurgeOptions, purgeExpired } from './purge.ts';
import { type PurgeIntervalOptions, startPurging } from './purge-timer.ts';
import { calls } from './schema/calls.ts';
import { type Names, namesOf } from './schema/names.ts';
import { schemaSql } from './schema/schema-sql.ts';
import { SqlOperations } from './sql-operations.ts';
import { type SqlServerTransactionStore, TransactionOperations } from './transaction-store.ts';

/**
 * Idempotency records in a table of SQL Server 2017 or newer, Azure SQL or Babelfish, by the
 * server's clock. Its schema is made by `ensureSchema`, once.
 *
 * Beside the codes of every store, operations reject with `IDEM_SCHEMA_MISSING` when the schema is
 * not there, `IDEM_STORE_BUSY` when the pool is exhausted or the server at its limits, and
 * `IDEM_STORE_FULL` when the database is.
 */
export class SqlServerStore<DB = unknown>
  extends SqlOperations
  implements TransactionalStore<Transaction<DB>>
{
  readonly supports: StoreSupport = {
    durability: { promised: true },
    sharing: { promised: true },
  };

  readonly #db: Kysely<DB>;
  readonly #names: Names;
  readonly #timeout: number;
  readonly #runner: Runner;
  /** The instance that `connect` opened, to be ended with the store. */
  #owned: Kysely<DB> | undefined;
  readonly #purgers = new Set<Disposable>();

  /** Uses your Kysely instance and never destroys it. Sends nothing. */
  constructor(options: SqlServerStoreOptions<DB>) {
    checkDatabase(options?.db);
    const names = namesOf(options);
    const timeout = timeoutOf(options);
    const runner = new Runner(options.db, { timeout, repeat: true });
    super(runner, names);
    this.#db = options.db;
    this.#names = names;
    this.#timeout = timeout;
    this.#runner = runner;
  }

  /**
   * Opens a pool of its own, which `close` ends, and sees that the server answers.
   *
   * @param server `sqlserver://user:password@host:port/database?encrypt=true`, or tedious's configuration
   */
  static async connect<DB = unknown>(
    server: string | URL | ConnectionConfiguration,
    options: ConnectOptions = {},
  ): Promise<SqlServerStore<DB>> {
    const { db, settings } = await openDatabase<DB>(server, options);
    const store = new SqlServerStore<DB>({ db, ...settings });
    store.#owned = db;
    return store;
  }

  /**
   * Creates what is missing of the schema. May be called again and by many processes at once; it
   * needs the right to create tables and procedures, which the operations do not.
   *
   * Rejects with `IDEM_STORE_FAILED` when the right is missing.
   */
  async ensureSchema(): Promise<void> {
    const { schema, table } = this.#names;
    try {
      await this.#db.executeQuery(CompiledQuery.raw(schemaSql({ schema, table })));
    } catch (error) {
      throw toIdempotencyError(error);
    }
  }

  /**
   * The store in your open transaction: what it writes is committed or rolled back with the rest.
   * Nothing is sent again inside it, because a fault may have doomed the transaction: run the whole
   * of it again.
   */
  inTransaction(tx: Transaction<DB>): SqlServerTransactionStore {
    if (tx?.isTransaction !== true) {
      throw new IdempotencyError(
        'IDEM_INVALID_OPTIONS',
        'inTransaction needs the transaction that db.transaction().execute(async (tx) => …) hands out.',
      );
    }
    const runner = new Runner(tx, { timeout: this.#timeout, repeat: false });
    return new TransactionOperations(runner, this.#names, this.supports);
  }

  /**
   * Deletes rows that are of no more use, in small batches that step over rows in use: vacant and
   * expired ones ten minutes after their end, lapsed claims after 24 hours. Resolves with the
   * number of rows deleted.
   */
  purgeExpired(options: PurgeOptions = {}): Promise<number> {
    return purgeExpired(this.#runner, calls(this.#names).Purge, options);
  }

  /** Purges on an interval, without keeping the process alive, until it is disposed or the store closed. */
  startPurging(options: PurgeIntervalOptions = {}): Disposable {
    const purger = startPurging((purge) => this.purgeExpired(purge), options);
    this.#purgers.add(purger);
    return purger;
  }

  protected override async doClose(): Promise<void> {
    for (const purger of this.#purgers) purger[Symbol.dispose]();
    await this.#owned?.destroy();
  }
}
