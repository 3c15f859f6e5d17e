import { refuse } from './errors.ts';
import type { IdempotentFetchOptions, SendOptions } from './options.ts';

/** Ten years, as everywhere in idem. */
const LONGEST = 315_576_000_000;
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const NAMES: ReadonlySet<string> = new Set<keyof IdempotentFetchOptions>([
  'fetch',
  'deadline',
  'attemptTimeout',
  'maxAttempts',
  'minDelay',
  'maxDelay',
  'answer',
  'keyHeader',
  'quoted',
  'replayedHeader',
  'onRetry',
]);
const SEND_NAMES: ReadonlySet<string> = new Set<keyof SendOptions>([
  'key',
  'deadline',
  'attemptTimeout',
  'maxAttempts',
]);

/** How long a call and its attempts may take, and how many there may be. */
export interface Limits {
  readonly deadline: number;
  readonly attemptTimeout: number;
  readonly maxAttempts: number;
}

/** The options of a client, checked, with what was left out. */
export type Config = Limits &
  Required<Omit<IdempotentFetchOptions, 'fetch' | 'onRetry' | keyof Limits>> &
  Pick<IdempotentFetchOptions, 'fetch' | 'onRetry'>;

/** Refuses, with `IDEM_INVALID_OPTIONS`, an unknown name and what is not of its kind. */
export function checkOptions(options: IdempotentFetchOptions): Config {
  checkNames(options, NAMES, 'options of idempotentFetch');
  const { minDelay = 200, maxDelay = 5000, answer = 'whole', quoted = true } = options;
  const { keyHeader = 'Idempotency-Key', replayedHeader = 'Idempotency-Replayed' } = options;
  const { fetch, onRetry } = options;
  checkFunction(fetch, 'fetch');
  checkFunction(onRetry, 'onRetry');
  checkMilliseconds(minDelay, 'minDelay');
  checkMilliseconds(maxDelay, 'maxDelay');
  if (maxDelay < minDelay) {
    refuse('IDEM_INVALID_OPTIONS', maxDelay, `${minDelay} (minDelay) at least`, 'maxDelay');
  }
  if (answer !== 'whole' && answer !== 'stream') {
    refuse('IDEM_INVALID_OPTIONS', answer, "'whole' or 'stream'", 'answer');
  }
  if (typeof quoted !== 'boolean') {
    refuse('IDEM_INVALID_OPTIONS', quoted, 'true or false', 'quoted');
  }
  checkHeaderName(keyHeader, 'keyHeader');
  checkHeaderName(replayedHeader, 'replayedHeader');
  const limits = checkLimits(options, { deadline: 60_000, attemptTimeout: 20_000 });
  const rest = { minDelay, maxDelay, answer, quoted, keyHeader, replayedHeader };
  return {
    ...limits,
    ...rest,
    ...(fetch === undefined ? {} : { fetch }),
    ...(onRetry === undefined ? {} : { onRetry }),
  };
}

/** As `checkOptions`, for those of one call. */
export function checkSendOptions(options: SendOptions, config: Config): Limits {
  checkNames(options, SEND_NAMES, 'options of a request');
  return checkLimits(options, config);
}

function checkLimits(
  options: Partial<Limits>,
  defaults: Omit<Limits, 'maxAttempts'> & Partial<Limits>,
): Limits {
  const { deadline = defaults.deadline, attemptTimeout = defaults.attemptTimeout } = options;
  const { maxAttempts = defaults.maxAttempts ?? Number.POSITIVE_INFINITY } = options;
  checkMilliseconds(deadline, 'deadline');
  checkMilliseconds(attemptTimeout, 'attemptTimeout');
  if (
    maxAttempts !== Number.POSITIVE_INFINITY &&
    !(Number.isSafeInteger(maxAttempts) && maxAttempts >= 1)
  ) {
    refuse('IDEM_INVALID_OPTIONS', maxAttempts, 'a whole number from 1', 'maxAttempts');
  }
  return { deadline, attemptTimeout, maxAttempts };
}

function checkNames(options: unknown, known: ReadonlySet<string>, what: string): void {
  if (typeof options !== 'object' || options === null) {
    refuse('IDEM_INVALID_OPTIONS', options, 'an object', what);
  }
  for (const name in options) {
    if (!known.has(name)) {
      refuse('IDEM_INVALID_OPTIONS', name, `of these names: ${[...known].join(', ')}`, what);
    }
  }
}

function checkMilliseconds(value: unknown, name: string): void {
  if (!Number.isSafeInteger(value) || Number(value) < 1 || Number(value) > LONGEST) {
    const what = 'a whole number of milliseconds, from 1 to ten years';
    refuse('IDEM_INVALID_OPTIONS', value, what, name);
  }
}

function checkFunction(value: unknown, name: string): void {
  if (value !== undefined && typeof value !== 'function') {
    refuse('IDEM_INVALID_OPTIONS', value, 'a function', name);
  }
}

function checkHeaderName(value: unknown, name: string): void {
  if (typeof value !== 'string' || !HEADER_NAME.test(value)) {
    refuse('IDEM_INVALID_OPTIONS', value, 'the name of a header', name);
  }
}
