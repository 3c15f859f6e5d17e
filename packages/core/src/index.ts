export {
  IDEMPOTENCY_ERROR_CODES,
  IdempotencyError,
  type IdempotencyErrorCode,
  type IdempotencyErrorDetails,
  type IdempotencyErrorOf,
  type IdempotencyErrorOptions,
  isIdempotencyError,
} from './contract/errors.ts';
export type { Inspection } from './contract/inspection.ts';
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
  Unwatch,
} from './contract/store.ts';
export { createToken } from './contract/token.ts';
export type {
  Held,
  RunTransaction,
  TransactionalStore,
  TransactionalSupport,
  TransactionBoundStore,
} from './contract/transactional-store.ts';
export type { DiagnosticEvents, RunTrace } from './executor/diagnostics.ts';
export { InProgressError, type LossReason, NotRecordedError } from './executor/errors.ts';
export {
  Idempotency,
  type KeyOptions,
  type RunResult,
  type Wrapped,
} from './executor/idempotency.ts';
export type { IdempotencyOptions, RunOptions } from './executor/options.ts';
export type { RunContext } from './executor/run/context.ts';
export type { Scope } from './executor/scope.ts';
export type { WrapOptions } from './executor/wrap.ts';
export { openStore, type StoreConnector } from './opening/open-store.ts';
export type { Codec, CodecContext } from './results/codec.ts';
export { encrypted } from './results/encrypted.ts';
export type { EncryptionKey, EncryptionOptions } from './results/encryption-options.ts';
export { jsonCodec } from './results/json-codec.ts';
export type { Runtime, RuntimeTimer } from './time/runtime.ts';
