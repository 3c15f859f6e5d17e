import { IdempotencyError } from '@idem/core';

/** A connection of tedious, by what says whether a transaction is open on it. */
export interface MaybeOpen {
  readonly inTransaction: boolean;
  close(): void;
}

/**
 * A COMMIT ends the inner of two transactions only, and the server says that it went well: somebody's
 * BEGIN TRANSACTION without a COMMIT, such as a procedure's whose error 266 was swallowed. Nothing is
 * committed then, and would be lost with the connection after it was reported. So it is closed, which
 * rolls back, and this throws.
 */
export function refuseStillOpen(connection: MaybeOpen): void {
  if (!connection.inTransaction) return;
  connection.close();
  throw new IdempotencyError(
    'IDEM_STORE_FAILED',
    'The transaction was still open after its commit, and was rolled back: something in it began a transaction (BEGIN TRANSACTION) and did not end it. Look for that, such as in a procedure that your function calls (error 266).',
  );
}
