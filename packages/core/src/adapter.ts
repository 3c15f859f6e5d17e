/** What an adapter's author needs; applications import from `@idem/core`. */

export { untilAborted } from './abort.ts';
export { AbstractStore } from './abstract-store.ts';
export type { Backoff } from './backoff.ts';
export {
  checkClaimRequest,
  checkFingerprint,
  checkKey,
  checkLease,
  checkOperationOptions,
  checkToken,
  checkTtl,
  checkValue,
  refuse,
} from './checks.ts';
export { LAPSED_CLAIM_MEMORY, MAX_DURATION, MAX_KEY_BYTES, MAX_VALUE_BYTES } from './limits.ts';
export { type RetryOptions, retryTransient } from './retry-transient.ts';
export { show } from './show.ts';
