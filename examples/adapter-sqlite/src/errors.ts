import { IdempotencyError, type IdempotencyErrorCode } from '@idem/core';

const CODES: ReadonlyMap<number, IdempotencyErrorCode> = new Map([
  [5, 'IDEM_STORE_BUSY'], // SQLITE_BUSY
  [13, 'IDEM_STORE_FULL'], // SQLITE_FULL
]);

/** Does the work; what SQLite throws leaves as an idem error. */
export function translateErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Error && 'errcode' in cause)) throw cause;
    // The low byte is the primary result code: https://sqlite.org/rescode.html
    const known = CODES.get(Number(cause.errcode) & 0xff);
    const message = `SQLite could not do it: ${cause.message} (${cause.errcode}).`;
    const retryable = known !== undefined;
    throw new IdempotencyError(known ?? 'IDEM_STORE_FAILED', message, { cause, retryable });
  }
}
