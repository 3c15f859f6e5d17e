import { type DatabaseConnection, type MssqlDialectConfig, MssqlDriver } from 'kysely';
import type { CheckedPool } from './checked-pool.ts';
import { refuseStillOpen } from './still-open.ts';
import { tediousOf } from './tedious-of.ts';

type MssqlConnection = Parameters<MssqlDriver['rollbackTransaction']>[0];

/** There is no transaction to roll back: the server has done it, as after a deadlock. */
const NO_TRANSACTION = 3903;

/** Kysely's driver, except that what goes wrong at the end of a transaction stays on its connection. */
export class CheckedDriver extends MssqlDriver {
  readonly #pool: CheckedPool;
  readonly #reserve: MssqlDriver | undefined;
  /** The connections that the pool has handed out before. */
  readonly #known = new WeakMap<object, DatabaseConnection>();

  /** @param reserve another driver, destroyed with this one */
  constructor(pool: CheckedPool, config: MssqlDialectConfig, reserve?: MssqlDriver) {
    super(config);
    this.#pool = pool;
    this.#reserve = reserve;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const waiting = this.#pool.take((resource) => this.#known.get(resource));
    if (waiting !== undefined) return waiting;
    const connection = await super.acquireConnection();
    this.#known.set(connection, connection);
    return connection;
  }

  /**
   * Never rejects, so that the error for which one rolls back is what is seen: what cannot be rolled
   * back by request is by the end of its connection.
   */
  override async rollbackTransaction(connection: MssqlConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      if (numberOf(error) !== NO_TRANSACTION) tediousOf(connection)?.close();
    }
  }

  override async commitTransaction(connection: MssqlConnection): Promise<void> {
    await super.commitTransaction(connection);
    const driver = tediousOf(connection);
    if (driver !== undefined) refuseStillOpen(driver);
  }

  /** A transaction that nobody ended holds its locks no longer than its connection is used. */
  override async releaseConnection(connection: MssqlConnection): Promise<void> {
    const driver = tediousOf(connection);
    if (driver?.inTransaction === true) driver.close();
    await super.releaseConnection(connection);
  }

  override async destroy(): Promise<void> {
    await Promise.all([super.destroy(), this.#reserve?.destroy()]);
  }
}

function numberOf(error: unknown): unknown {
  return error instanceof Error && 'number' in error ? error.number : undefined;
}
