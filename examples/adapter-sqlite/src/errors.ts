import { IdempotencyError } from '@idem/core';

const BUSY = 5;
const FULL = 13;

/** Does the work; what SQLite throws leaves as an idem error. */
export function translateErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof Error && 'errcode' in cause)) throw cause;
    // The low byte is the primary result code: https://sqlite.org/rescode.html
    const primary = Number(cause.errcode) & 0xff;
    const message = `SQLite could not do it: ${cause.message} (${cause.errcode}).`;
    if (primary === BUSY) {
      throw new IdempotencyError('IDEM_STORE_BUSY', message, { cause, retryable: true });
    }
    const code = primary === FULL ? 'IDEM_STORE_FULL' : 'IDEM_STORE_FAILED';
    throw new IdempotencyError(code, message, { cause });
  }
}
