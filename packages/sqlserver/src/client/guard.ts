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

/** What a statement answers in a transaction of yours on a session with IMPLICIT_TRANSACTIONS on. */
export const IMPLICIT_TRANSACTIONS = 54_733;

/**
 * For a transaction of yours: whether it is still there is asked in the same request, since a driver knows
 * of no rollback that it was not told of. With IMPLICIT_TRANSACTIONS on nobody can tell: the next
 * statement after a rollback begins another one.
 */
export function insideTransaction(text: string): string {
  return `IF @@TRANCOUNT = 0 SELECT 'no-transaction' AS outcome; ELSE IF @@OPTIONS & 2 = 2 THROW ${IMPLICIT_TRANSACTIONS}, 'IMPLICIT_TRANSACTIONS is on.', 1; ELSE ${text}`;
}
