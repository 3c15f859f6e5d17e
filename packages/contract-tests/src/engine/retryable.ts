import type { IdempotencyErrorCode } from '@idem/core';

/** May succeed later though nobody changes anything. */
const LATER: readonly IdempotencyErrorCode[] = [
  'IDEM_STORE_UNAVAILABLE',
  'IDEM_STORE_TIMEOUT',
  'IDEM_STORE_BUSY',
  'IDEM_STORE_FULL',
  'IDEM_NOT_REPLICATED',
];

/** Whether an error of this code is retryable; undefined where that depends on what the backend says. */
export function isRetryable(code: IdempotencyErrorCode): boolean | undefined {
  return code === 'IDEM_STORE_FAILED' ? undefined : LATER.includes(code);
}
