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
