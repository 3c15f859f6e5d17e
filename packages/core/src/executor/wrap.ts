import type { RunOptions } from './options.ts';
import type { Scope } from './scope.ts';

/** How a wrapped function's calls are told apart; each function is given the arguments of the call. */
export interface WrapOptions<Args extends readonly unknown[]> {
  readonly key: (...args: Args) => string;
  readonly scope?: (...args: Args) => Scope;
  readonly fingerprint?: (...args: Args) => string | Uint8Array;
  /** As `RunOptions.signal`, of the one call. */
  readonly signal?: (...args: Args) => AbortSignal | undefined;
  /** As the executor's `wait`, in milliseconds. */
  readonly wait?: number;
}

/** The options of one call of a wrapped function. */
export function wrapOptions<Args extends readonly unknown[]>(
  options: WrapOptions<Args>,
  args: Args,
): RunOptions {
  const { scope, fingerprint, signal, wait } = options;
  return {
    ...(scope === undefined ? {} : { scope: scope(...args) }),
    fingerprint: fingerprint?.(...args),
    signal: signal?.(...args),
    wait,
  };
}
