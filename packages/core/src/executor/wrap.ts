import { checkOptionNames } from '../contract/check-options.ts';
import { refuse } from '../contract/checks.ts';
import type { RunOptions } from './options.ts';
import type { Scope } from './scope.ts';

/** How a wrapped function's calls are told apart; each function is given the arguments of the call. */
export interface WrapOptions<Args extends readonly unknown[]> {
  readonly key: (...args: Args) => string;
  readonly scope?: (...args: Args) => Scope;
  readonly fingerprint?: (...args: Args) => string | Uint8Array;
  /** As `RunOptions.signal`, of the one call. */
  readonly signal?: (...args: Args) => AbortSignal | undefined;
  /** As the executor's, in milliseconds, for every call. */
  readonly ttl?: number;
  readonly errorTtl?: number;
  readonly lease?: number;
  readonly wait?: number;
}

const NAMES: ReadonlySet<string> = new Set<keyof WrapOptions<readonly unknown[]>>([
  'key',
  'scope',
  'fingerprint',
  'signal',
  'ttl',
  'errorTtl',
  'lease',
  'wait',
]);
const FUNCTIONS = ['key', 'scope', 'fingerprint', 'signal'] as const;

/** Refuses, with `IDEM_INVALID_OPTIONS`, a name that is unknown and what should be a function and is none. */
export function checkWrapOptions<Args extends readonly unknown[]>(
  options: WrapOptions<Args>,
): void {
  checkOptionNames(options, NAMES, 'options of wrap');
  for (const name of FUNCTIONS) {
    const given: unknown = options[name];
    if (typeof given !== 'function' && (name === 'key' || name in options)) {
      refuse('IDEM_INVALID_OPTIONS', given, 'a function of the arguments', name);
    }
  }
}

/** The options of one call of a wrapped function. */
export function optionsOfCall<Args extends readonly unknown[]>(
  options: WrapOptions<Args>,
  args: Args,
): RunOptions {
  const { scope, fingerprint, signal, ttl, errorTtl, lease, wait } = options;
  return {
    ...(scope === undefined ? {} : { scope: scope(...args) }),
    ...(fingerprint === undefined ? {} : { fingerprint: fingerprint(...args) }),
    ...{ signal: signal?.(...args), ttl, errorTtl, lease, wait },
  };
}
