export {
  IdempotencyError,
  type IdempotencyErrorCode,
  type IdempotencyErrorOptions,
  isIdempotencyError,
} from './errors.ts';
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
