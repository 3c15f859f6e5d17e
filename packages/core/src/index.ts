export type { Codec, CodecContext } from './codec.ts';
export type { DiagnosticEvents } from './diagnostics.ts';
export { type EncryptionKey, encrypted } from './encrypted.ts';
export {
  IDEMPOTENCY_ERROR_CODES,
  IdempotencyError,
  type IdempotencyErrorCode,
  type IdempotencyErrorDetails,
  type IdempotencyErrorOf,
  type IdempotencyErrorOptions,
  isIdempotencyError,
} from './errors.ts';
export type { RunContext } from './execution.ts';
export { InProgressError, type LossReason, NotRecordedError } from './executor-errors.ts';
export { Idempotency, type RunResult } from './idempotency.ts';
export { jsonCodec } from './json-codec.ts';
export { openStore, type StoreConnector } from './open-store.ts';
export type { IdempotencyOptions, RunOptions } from './options.ts';
export type { Scope } from './scope.ts';
export type {
  Acquired,
  ClaimRequest,
  ClaimResult,
  Completed,
  IdempotencyStore,
  InProgress,
  OperationOptions,
  StoreSupport,
  Support,
} from './store.ts';
export { createToken } from './token.ts';
export type {
  RunTransaction,
  TransactionalStore,
  TransactionBoundStore,
} from './transactional-store.ts';
export type { WrapOptions } from './wrap.ts';
