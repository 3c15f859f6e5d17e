/** The check of concurrent histories by itself: against the contract, or against a model of your own. */

export { type Judgement, judge } from './linearizability/check.ts';
export { claimsModel } from './linearizability/claims.ts';
export { byKey, hasReturned, type Recorded } from './linearizability/history.ts';
export { type Found, search } from './linearizability/search.ts';
export type { Call, SequentialModel } from './linearizability/sequential.ts';
export type { Interval } from './model/interval.ts';
export { now } from './model/monotonic.ts';
export type { Answer, Operation } from './model/operation.ts';
export { type Names, perform } from './model/perform.ts';
export { type KeyState, untouched } from './model/state.ts';
