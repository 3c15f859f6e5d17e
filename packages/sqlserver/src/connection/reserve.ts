import type { DatabaseConnection, DialectAdapter, Driver } from 'kysely';
import type { CheckedPool } from './checked-pool.ts';

/** Runs one request on a connection and gives it back. */
export type RunOn = <T>(run: (connection: DatabaseConnection) => Promise<T>) => Promise<T>;

interface Reserve {
  readonly pool: CheckedPool;
  /** A pool of one connection, opened when it is first needed. */
  readonly reserve: Driver;
}

/** By what a Kysely instance shows of its dialect. */
const reserves = new WeakMap<DialectAdapter, Reserve>();

export function rememberReserve(adapter: DialectAdapter, reserve: Reserve): void {
  reserves.set(adapter, reserve);
}

/** True for an instance on our dialect, whose pool hands out no connection that is in a transaction. */
export function isChecked(adapter: DialectAdapter): boolean {
  return reserves.has(adapter);
}

/**
 * A connection beside the pool's, when these are all in use: handlers that hold them in transactions
 * would otherwise lose their leases, because the renewals wait for the connections that they hold.
 * Only for instances on our dialect.
 */
export function reservedConnection(adapter: DialectAdapter): RunOn | undefined {
  const found = reserves.get(adapter);
  if (found === undefined || !found.pool.exhausted()) return undefined;
  const { reserve } = found;
  return async (run) => {
    const connection = await reserve.acquireConnection();
    try {
      return await run(connection);
    } finally {
      await reserve.releaseConnection(connection);
    }
  };
}
