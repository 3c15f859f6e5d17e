/** For applications on `mssql`: its transactions, and its pool as the store's. */
import { setTimeout as sleep } from 'node:timers/promises';
import { IdempotencyError, type RunTransaction } from '@idem/core';
import { checkMethods, refuse } from '@idem/core/adapter';
import { hasMethods, type SqlChannel, type TransactionAdapter } from '@idem/core/sql';
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
  const what = 'a ConnectionPool of mssql';
  checkMethods(pool, ['request'], what, 'pool');
  // In a transaction nobody else would see a claim, and a rollback would take records with it.
  if (hasMethods(pool, ['rollback'])) refuse('IDEM_INVALID_OPTIONS', pool, what, 'pool');
  const { placeholder, send } = requestChannel(pool, 'at once');
  watchConnections(pool);
  return {
    placeholder,
    send: async (request) => {
      refuseClosed(pool);
      return send(request);
    },
  };
}

/** mssql itself says of both that the connection is closed, as of one that was lost, which another try may mend. */
function refuseClosed(pool: MssqlPlace): void {
  if (Reflect.get(pool, 'connected') !== false || Reflect.get(pool, 'connecting') !== false) return;
  throw new IdempotencyError(
    'IDEM_STORE_UNAVAILABLE',
    'The pool of mssql is not connected: await pool.connect() before the store is used, and close the pool after it.',
  );
}

/** Transactions of `mssql`; `Tx` is its own type: `mssqlTransactions<sql.Transaction>()`. */
export function mssqlTransactions<
  Tx extends MssqlPlace = MssqlTransaction,
>(): TransactionAdapter<Tx> {
  return {
    channel: (tx) => {
      // A pool has requests too, each on a connection of its own.
      checkMethods(tx, ['request', 'commit', 'rollback'], 'a Transaction of mssql', 'transaction');
      return requestChannel(tx, 'when ended');
    },
  };
}

/**
 * Runs work in transactions of this pool, for `runInTransaction`. A rollback that fails, such as after
 * the server has rolled back itself, does not hide why it was rolled back. A request that the work left
 * under way is cancelled, and the transaction rolled back. Throws `IDEM_INVALID_OPTIONS` for what is no pool.
 */
export function inMssqlTransaction<Tx extends MssqlTransaction>(
  pool: MssqlPool<Tx>,
): RunTransaction<Tx> {
  checkMethods(pool, ['request', 'transaction'], 'a ConnectionPool of mssql', 'pool');
  return async (work) => {
    const tx = pool.transaction();
    await tx.begin();
    let result: Awaited<ReturnType<typeof work>>;
    try {
      result = await work(tx);
    } catch (error) {
      await rolledBack(tx);
      throw error;
    }
    try {
      await tx.commit();
    } catch (error) {
      if (isBusy(error)) await rolledBack(tx);
      throw error;
    }
    return result;
  };
}

/** Milliseconds between two looks at whether a transaction is still busy. */
const LOOK_AGAIN = 10;

/**
 * mssql refuses to end a transaction on which a request is under way, such as the first of two that the
 * work sent at once, and then keeps its connection and its locks. So that request is cancelled, and the
 * rollback asked for until it is taken.
 */
async function rolledBack(tx: MssqlTransaction): Promise<void> {
  for (;;) {
    try {
      await tx.rollback();
      return;
    } catch (error) {
      if (!isBusy(error)) return;
    }
    cancelRequestOf(tx);
    await sleep(LOOK_AGAIN);
  }
}

/** By mssql's own field: a transaction does not tell its request. */
function cancelRequestOf(tx: object): void {
  const active: unknown = Reflect.get(tx, '_activeRequest');
  if (typeof active !== 'object' || active === null) return;
  const cancel: unknown = Reflect.get(active, 'cancel');
  if (typeof cancel === 'function') Reflect.apply(cancel, active, []);
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EREQINPROG';
}
