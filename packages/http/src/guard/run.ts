import { Idempotency, type RunContext, type RunOptions } from '@idem/core';

/** The value comes from a store, whatever the type of the function says. */
export interface Result {
  readonly value: unknown;
  readonly replayed: boolean;
}

/** One that only looks like an `Idempotency` has `run` alone, and what stands in for `run` is called. */
export function run(
  idempotency: Idempotency | Omit<Idempotency, 'idem:runCallingBack'>,
  key: string,
  fn: (context: RunContext) => Promise<unknown>,
  options: RunOptions,
  settled: (result: Result) => void,
  failed: (error: unknown) => void,
): void {
  if ('idem:runCallingBack' in idempotency && idempotency.run === Idempotency.prototype.run) {
    idempotency['idem:runCallingBack']<unknown>(key, fn, options, settled, failed);
  } else {
    idempotency.run<unknown>(key, fn, options).then(settled, failed);
  }
}
