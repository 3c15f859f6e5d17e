/** What the adapters on SQL databases share; applications import from their adapter. */

export { bytesOf, checksumOf, keyHash, tokenHash } from './sql/bytes.ts';
export type {
  SqlChannel,
  SqlParameter,
  SqlRequest,
  SqlRow,
  TransactionAdapter,
} from './sql/channel.ts';
export { type Exchange, type ExchangeOptions, exchange } from './sql/exchange.ts';
export { checkTimeout } from './sql/options.ts';
export {
  type CheckedPurgeOptions,
  checkPurgeOptions,
  type PurgeOptions,
} from './sql/purge-options.ts';
export { type PurgeIntervalOptions, startPurging } from './sql/purge-timer.ts';
export { hasMethods, type QueryAdapter, transactionsOf } from './sql/query-adapter.ts';
export {
  claimResultOf,
  inspectionOf,
  outcomeOf,
  Raced,
  recordedValue,
  wholeNumber,
} from './sql/rows.ts';
export { type Faults, type Operation, Runner, type RunnerOptions } from './sql/runner.ts';
export { type UncancellableOptions, uncancellable } from './sql/uncancellable.ts';
