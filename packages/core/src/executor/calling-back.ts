import type { RunResult } from './idempotency.ts';
import type { RunOptions } from './options.ts';
import type { RunContext } from './run/context.ts';

/**
 * `run` of `Idempotency` without a promise: calls one of the two back, once; before it returns, where the
 * store has the result at hand. What they throw is theirs.
 */
export interface CallingBack {
  'idem:runCallingBack'<T>(
    key: string,
    fn: (context: RunContext) => T | PromiseLike<T>,
    options: RunOptions,
    settled: (result: RunResult<T>) => void,
    failed: (error: unknown) => void,
  ): void;
}
