/** What an adapter's author needs; applications import from `@idem/core`. */

export { untilAborted } from './adapter-kit/abort.ts';
export { AbstractStore } from './adapter-kit/abstract-store.ts';
export { type RetryOptions, retryTransient } from './adapter-kit/retry-transient.ts';
export type { Subscriber, SubscriberEvents } from './adapter-kit/wake-up/subscriber.ts';
export { type OpenSubscriber, WakeUps } from './adapter-kit/wake-up/wake-ups.ts';
export type { AnswersAtOnce } from './contract/at-once.ts';
export { checkMethods, checkMilliseconds, checkOptionNames } from './contract/check-options.ts';
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
} from './contract/checks.ts';
export {
  LAPSED_CLAIM_MEMORY,
  MAX_DURATION,
  MAX_FINGERPRINT_LENGTH,
  MAX_KEY_BYTES,
  MAX_TOKEN_LENGTH,
  MAX_VALUE_BYTES,
  MIN_TOKEN_LENGTH,
} from './contract/limits.ts';
export type { CallingBack } from './executor/calling-back.ts';
export { missingPackage } from './opening/missing-package.ts';
export {
  type CallCodec,
  JSON_OF_CALL,
  jsonOfCall,
  type KnownJson,
} from './results/json-of-call.ts';
export { plainCopy } from './results/plain.ts';
export { show } from './support/show.ts';
export type { Backoff } from './time/backoff.ts';
export { Deadlines, type Timed } from './time/deadlines.ts';
export { systemTimers, Timer } from './time/timers.ts';
