/** For applications on `mssql`: its transactions, and its pool as the store's. */
import type { RunTransaction } from '@idem/core';
import type { SqlChannel, TransactionAdapter } from '@idem/core/sql';
import { watchConnections } from './client/mssql-connections.ts';
import { type MssqlPlace, requestChannel } from './client/request-channel.ts';

export type { MssqlPlace, MssqlRequest } from './client/request-channel.ts';

/** A transaction of `mssql`, as far as it is needed. */
export interface MssqlTransaction extends MssqlPlace {
  begin(): Promise<unknown>;
  commit(): Promise<unknown>;
  rollback(): Promise<unknown>;
}

/** A pool of `mssql`, as far as it is needed. */
export interface MssqlPool<Tx extends MssqlTransaction> extends MssqlPlace {
  transaction(): Tx;
}

/**
 * The connections of a pool of `mssql`, for what belongs to no transaction. The store never closes
 * it. Give the store a pool of its own: one whose connections are all in transactions has none left
 * for the renewals of their leases. The pool's option `beforeConnect` is wrapped, so that it is known why
 * a login was refused. Throws `IDEM_INVALID_OPTIONS`.
 */
export function mssqlPool(pool: MssqlPlace): SqlChannel {
  const channel = requestChannel(pool, 'at once', 'a ConnectionPool of mssql');
  watchConnections(pool);
  return channel;
}

/** Transactions of `mssql`; `Tx` is its own type: `mssqlTransactions<sql.Transaction>()`. */
export function mssqlTransactions<
  Tx extends MssqlPlace = MssqlTransaction,
>(): TransactionAdapter<Tx> {
  return { channel: (tx) => requestChannel(tx, 'when ended', 'a Transaction of mssql') };
}

/**
 * Runs work in transactions of this pool, for `runInTransaction`. A rollback that fails, such as after
 * the server has rolled back itself, does not hide why it was rolled back.
 */
export function inMssqlTransaction<Tx extends MssqlTransaction>(
  pool: MssqlPool<Tx>,
): RunTransaction<Tx> {
  return async (work) => {
    const tx = pool.transaction();
    await tx.begin();
    let result: Awaited<ReturnType<typeof work>>;
    try {
      result = await work(tx);
    } catch (error) {
      await tx.rollback().catch(() => {});
      throw error;
    }
    await tx.commit();
    return result;
  };
}
