import { checkLease, checkTtl, refuse } from '../contract/checks.ts';
import { IdempotencyError } from '../contract/errors.ts';
import { MAX_DURATION } from '../contract/limits.ts';
import type { IdempotencyStore } from '../contract/store.ts';
import type { Codec } from '../results/codec.ts';
import { jsonCodec } from '../results/json-codec.ts';
import { type Scope, scopeParts } from './scope.ts';

export interface IdempotencyOptions<S extends IdempotencyStore = IdempotencyStore> {
  /** Where keys are remembered. Never closed by the executor. */
  readonly store: S;
  /** How long a result is remembered, in milliseconds: as long as the lease at least, up to ten years. */
  readonly ttl: number;
  /**
   * How long a claim holds when its process dies, in milliseconds. It is renewed at a third of it
   * while the function runs. Default 30,000.
   */
  readonly lease?: number;
  /**
   * How long a function that is still running keeps its key, in milliseconds: after it the lease is
   * renewed no more, and ends. At least the lease; default ten leases.
   */
  readonly maxHold?: number;
  /** The first part of every key's scope. */
  readonly scope?: Scope;
  /**
   * How long a call waits for the result of one in progress, in milliseconds, from when it is found
   * in progress. Default 0: it is rejected with `IDEM_IN_PROGRESS`.
   */
  readonly wait?: number;
  /**
   * How long clients go on retrying, in milliseconds. A ttl shorter than that would execute a late
   * retry again, and is refused with `IDEM_TTL_TOO_SHORT`.
   */
  readonly retryWindow?: number;
  /** How results become bytes. Default `jsonCodec`. */
  readonly codec?: Codec;
  /**
   * Which errors of the function are results: recorded, and replayed as errors. Others release the
   * key, so that a retry executes again. Default none. When it throws itself, the error is not
   * recorded.
   */
  readonly recordErrors?: (error: unknown) => boolean;
  /**
   * What a call does when the store cannot be reached to claim its key. `'reject'` (default) rejects
   * with the store's error, and nothing is executed. `'run-unprotected'` executes, without any
   * protection: a duplicate executes as well. The function then has fence 0 and `takeover` true.
   */
  readonly whenUnreachable?: 'reject' | 'run-unprotected';
}

/** The options of one call. */
export interface RunOptions {
  /** Further parts of the scope, after the executor's own. Present but undefined is refused: the key would be shared. */
  readonly scope?: Scope;
  /**
   * What the request says, such as its body. Hashed (SHA-256) before it goes to the store; a key
   * used with another one is refused with `IDEM_KEY_REUSED`.
   */
  readonly fingerprint?: string | Uint8Array | undefined;
  /** As the executor's `wait`, for this call. */
  readonly wait?: number | undefined;
  /** The caller goes away: this call rejects with the signal's reason. An execution under way completes and is recorded. */
  readonly signal?: AbortSignal | undefined;
}

/** The options of an executor, checked, with nothing left open. */
export interface Config {
  readonly store: IdempotencyStore;
  readonly ttl: number;
  readonly lease: number;
  readonly maxHold: number;
  readonly scope: readonly string[];
  readonly wait: number;
  readonly codec: Codec;
  readonly recordErrors: (error: unknown) => boolean;
  readonly runUnprotected: boolean;
}

const KNOWN: ReadonlySet<string> = new Set<keyof IdempotencyOptions>([
  'store',
  'ttl',
  'lease',
  'maxHold',
  'scope',
  'wait',
  'retryWindow',
  'codec',
  'recordErrors',
  'whenUnreachable',
]);
const KNOWN_TO_RUN: ReadonlySet<string> = new Set<keyof RunOptions>([
  'scope',
  'fingerprint',
  'wait',
  'signal',
]);
const DEFAULT_LEASE = 30_000;
const HOLDS = 10;

export function checkOptions(options: IdempotencyOptions): Config {
  checkNames(options, KNOWN, 'options of Idempotency');
  const { store, ttl, lease = DEFAULT_LEASE, retryWindow, codec = jsonCodec } = options;
  if (!hasMethods(store, ['claim', 'complete', 'release', 'renew'])) {
    refuse('IDEM_INVALID_OPTIONS', store, 'an IdempotencyStore', 'store');
  }
  checkTtl(ttl);
  checkLease(lease);
  const { maxHold = Math.min(MAX_DURATION, lease * HOLDS), wait = 0 } = options;
  checkMilliseconds(maxHold, 'maxHold', lease);
  checkMilliseconds(wait, 'wait', 0);
  checkLongEnough(
    ttl,
    lease,
    'lease',
    'a caller that waits could find it forgotten and execute again',
  );
  if (retryWindow !== undefined) {
    checkMilliseconds(retryWindow, 'retryWindow', 0);
    checkLongEnough(ttl, retryWindow, 'retryWindow', 'a late retry would execute again');
  }
  if (!hasMethods(codec, ['encode', 'decode'])) {
    refuse('IDEM_INVALID_OPTIONS', codec, 'an object { encode, decode }', 'codec');
  }
  const { recordErrors = () => false, whenUnreachable = 'reject' } = options;
  if (typeof recordErrors !== 'function') {
    refuse('IDEM_INVALID_OPTIONS', recordErrors, 'a function of the error', 'recordErrors');
  }
  if (whenUnreachable !== 'reject' && whenUnreachable !== 'run-unprotected') {
    const what = "'reject' or 'run-unprotected'";
    refuse('IDEM_INVALID_OPTIONS', whenUnreachable, what, 'whenUnreachable');
  }
  const scope = 'scope' in options ? scopeParts(options.scope) : [];
  const runUnprotected = whenUnreachable === 'run-unprotected';
  return { store, ttl, lease, maxHold, scope, wait, codec, recordErrors, runUnprotected };
}

/** Refuses options of a call that are not what they must be; the scope and the fingerprint are checked where they are used. */
export function checkRunOptions(options: RunOptions): void {
  checkNames(options, KNOWN_TO_RUN, 'options of run');
  if (options.wait !== undefined) checkMilliseconds(options.wait, 'wait', 0);
  if (options.signal !== undefined && !(options.signal instanceof AbortSignal)) {
    refuse('IDEM_INVALID_OPTIONS', options.signal, 'an AbortSignal', 'signal');
  }
}

/** A name that is unknown is most likely one that was misspelt, and then its protection is missing. */
function checkNames(options: unknown, known: ReadonlySet<string>, what: string): void {
  if (typeof options !== 'object' || options === null) {
    refuse('IDEM_INVALID_OPTIONS', options, 'an object', what);
  }
  for (const name of Object.keys(options)) {
    if (!known.has(name)) {
      refuse('IDEM_INVALID_OPTIONS', name, `of these names: ${[...known].join(', ')}`, what);
    }
  }
}

function checkMilliseconds(value: unknown, name: string, least: number): void {
  if (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > MAX_DURATION) {
    const from = name === 'maxHold' ? `${least} (the lease)` : least;
    const what = `a whole number of milliseconds, from ${from} to ten years`;
    refuse('IDEM_INVALID_OPTIONS', value, what, name);
  }
}

function checkLongEnough(ttl: number, least: number, name: string, danger: string): void {
  if (ttl >= least) return;
  throw new IdempotencyError(
    'IDEM_TTL_TOO_SHORT',
    `The ttl (${ttl} ms) is shorter than the ${name} (${least} ms): ${danger}. ` +
      `Give a ttl of ${least} ms or more, or a shorter ${name}.`,
  );
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}
