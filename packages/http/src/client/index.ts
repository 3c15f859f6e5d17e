/** A client for servers that honour the Idempotency-Key header; it needs nothing but `fetch`. */

export { type ClientErrorCode, IdempotentFetchError } from './errors.ts';
export { idempotentFetch } from './idempotent-fetch.ts';
export { createIdempotencyKey } from './key.ts';
export type {
  FetchInit,
  FetchInput,
  FetchResult,
  IdempotentFetch,
  IdempotentFetchOptions,
  Retry,
  SendOptions,
} from './options.ts';
export type { ClientRuntime } from './runtime.ts';
