import type { SqlRow } from '@idem/core/sql';

/** What a statement of the store's answers on a connection of a pool that is in a transaction. */
export const IN_TRANSACTION = 54_732;

/**
 * For pools that are not ours: what is sent belongs to no transaction. A connection that somebody gave
 * back with a transaction open (a BEGIN that was forgotten, a rollback that failed) would take the record
 * into it, and to its end.
 */
export function outsideTransactions(text: string): string {
  return `IF @@TRANCOUNT > 0 THROW ${IN_TRANSACTION}, 'A connection of the pool is in a transaction.', 1; ${text}`;
}

/**
 * What a statement answers where the transaction is not there; also for one that its library knows to have
 * ended, on whose connection somebody else may be by now.
 */
export const GONE: readonly SqlRow[] = [{ outcome: 'no-transaction' }];

/** What a statement answers in a transaction of yours on a session with IMPLICIT_TRANSACTIONS on. */
export const IMPLICIT_TRANSACTIONS = 54_733;

/** What a statement answers in a transaction of yours when another one was begun and not ended. */
export const INNER_TRANSACTION = 54_735;

/**
 * For a transaction of yours: whether it is still there is asked in the same request, since a driver knows
 * of no rollback that it was not told of. With IMPLICIT_TRANSACTIONS on nobody can tell: the next
 * statement after a rollback begins another one.
 *
 * And it must be the only one. No library nests by a second BEGIN TRANSACTION (all take savepoints), so
 * that is one which somebody forgot, here or on the pool's connection before. The library's COMMIT would
 * then end the inner one, say that it went well, and commit nothing (BEGIN TRANSACTION, Remarks).
 */
export function insideTransaction(text: string): string {
  const refusals = [
    `IF @@TRANCOUNT = 0 SELECT 'no-transaction' AS outcome;`,
    `IF @@TRANCOUNT > 1 THROW ${INNER_TRANSACTION}, 'More than one transaction is open.', 1;`,
    `IF @@OPTIONS & 2 = 2 THROW ${IMPLICIT_TRANSACTIONS}, 'IMPLICIT_TRANSACTIONS is on.', 1;`,
  ];
  return [...refusals, text].join(' ELSE ');
}
