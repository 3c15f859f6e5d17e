import { checkMethods, checkMilliseconds, checkOptionNames } from '../contract/check-options.ts';
import { checkLease, checkTtl, refuse } from '../contract/checks.ts';
import { IdempotencyError } from '../contract/errors.ts';
import { MAX_DURATION } from '../contract/limits.ts';
import type { IdempotencyStore } from '../contract/store.ts';
import type { Codec } from '../results/codec.ts';
import { jsonCodec } from '../results/json-codec.ts';
import { type Runtime, systemRuntime } from '../time/runtime.ts';
import { systemTimers, Timers } from '../time/timers.ts';
import type { IdempotencyOptions, RunOptions } from './options.ts';
import { scopeParts } from './scope.ts';

/** The options of an executor, checked, with nothing left open. */
export interface Config {
  readonly store: IdempotencyStore;
  readonly ttl: number;
  /** Undefined: as long as the result would be. */
  readonly errorTtl: number | undefined;
  readonly lease: number;
  readonly maxHold: number;
  readonly scope: readonly string[];
  readonly wait: number;
  readonly retryWindow: number;
  readonly codec: Codec;
  readonly recordResult: ((value: unknown) => boolean) | undefined;
  readonly recordErrors: ((error: unknown) => boolean) | undefined;
  readonly recordTimeout: number;
  readonly runUnprotected: boolean;
  readonly timers: Timers;
  readonly runtime: Runtime;
}

const NAMES: ReadonlySet<string> = new Set<keyof IdempotencyOptions>([
  'store',
  'ttl',
  'errorTtl',
  'lease',
  'maxHold',
  'scope',
  'wait',
  'retryWindow',
  'codec',
  'recordResult',
  'recordErrors',
  'recordTimeout',
  'whenUnreachable',
]);
const RUN_NAMES: ReadonlySet<string> = new Set<keyof RunOptions>([
  'scope',
  'fingerprint',
  'ttl',
  'errorTtl',
  'lease',
  'wait',
  'recordResult',
  'signal',
]);
const STORE_METHODS = ['claim', 'complete', 'release', 'renew'];
const DEFAULT_LEASE = 30_000;
const DEFAULT_RECORD_TIMEOUT = 5_000;
const HOLDS = 10;

export function checkOptions(options: IdempotencyOptions, runtime: Runtime): Config {
  checkOptionNames(options, NAMES, 'options of Idempotency');
  const { store, ttl, lease = DEFAULT_LEASE, retryWindow, codec = jsonCodec } = options;
  checkMethods(store, STORE_METHODS, 'an IdempotencyStore', 'store');
  checkTtl(ttl);
  checkLease(lease);
  checkLongEnough(ttl, lease);
  const { errorTtl, recordTimeout = DEFAULT_RECORD_TIMEOUT, wait = 0 } = options;
  const { maxHold = Math.min(MAX_DURATION, lease * HOLDS) } = options;
  if (errorTtl !== undefined) checkTtl(errorTtl);
  checkMilliseconds(maxHold, 'maxHold, which is at least the lease,', lease);
  checkMilliseconds(wait, 'wait', 0);
  checkMilliseconds(recordTimeout, 'recordTimeout', 1);
  if (retryWindow !== undefined) {
    checkMilliseconds(retryWindow, 'retryWindow', 0);
    checkRetryWindow(ttl, retryWindow);
  }
  checkMethods(codec, ['encode', 'decode'], 'an object { encode, decode }', 'codec');
  const { recordResult, recordErrors, whenUnreachable = 'reject' } = options;
  checkPolicy(recordResult, 'recordResult');
  checkPolicy(recordErrors, 'recordErrors');
  if (whenUnreachable !== 'reject' && whenUnreachable !== 'run-unprotected') {
    const what = "'reject' or 'run-unprotected'";
    refuse('IDEM_INVALID_OPTIONS', whenUnreachable, what, 'whenUnreachable');
  }
  const scope = Object.freeze('scope' in options ? scopeParts(options.scope) : []);
  const runUnprotected = whenUnreachable === 'run-unprotected';
  const timers = runtime === systemRuntime ? systemTimers : new Timers(runtime);
  return {
    ...{ store, ttl, errorTtl, lease, maxHold, scope, wait, codec },
    retryWindow: retryWindow ?? 0,
    ...{ recordResult, recordErrors, recordTimeout, runUnprotected, timers, runtime },
  };
}

/** Refuses options of a call that are not what they must be; the scope and the fingerprint are checked where they are used. */
export function checkRunOptions(options: RunOptions, config: Config): void {
  checkOptionNames(options, RUN_NAMES, 'options of run');
  const { ttl, errorTtl, lease, wait, recordResult, signal } = options;
  if (ttl !== undefined) {
    checkTtl(ttl);
    checkRetryWindow(ttl, config.retryWindow);
  }
  if (errorTtl !== undefined) checkTtl(errorTtl);
  if (lease !== undefined) checkLease(lease);
  if (ttl !== undefined || lease !== undefined) {
    checkLongEnough(ttl ?? config.ttl, lease ?? config.lease);
  }
  if (wait !== undefined) checkMilliseconds(wait, 'wait', 0);
  checkPolicy(recordResult, 'recordResult');
  if (signal !== undefined && !isAbortSignal(signal)) {
    refuse('IDEM_INVALID_OPTIONS', signal, 'an AbortSignal', 'signal');
  }
}

/** What only looks like one says so when it is asked. */
function isAbortSignal(signal: unknown): boolean {
  try {
    return signal instanceof AbortSignal && typeof signal.aborted === 'boolean';
  } catch {
    return false;
  }
}

const ASYNC: ReadonlySet<unknown> = new Set(['AsyncFunction', 'AsyncGeneratorFunction']);

/** A promise is no answer: it would be true whatever it says. */
function checkPolicy(policy: unknown, name: string): void {
  if (policy === undefined) return;
  if (typeof policy !== 'function' || ASYNC.has(Reflect.get(policy, Symbol.toStringTag))) {
    const what = 'a function that answers true or false at once, not a promise';
    refuse('IDEM_INVALID_OPTIONS', policy, what, name);
  }
}

function checkLongEnough(ttl: number, lease: number): void {
  if (ttl >= lease) return;
  const danger = 'a caller that waits could find it forgotten and execute again';
  throw tooShort(ttl, lease, 'lease', danger);
}

function checkRetryWindow(ttl: number, retryWindow: number): void {
  if (ttl >= retryWindow) return;
  throw tooShort(ttl, retryWindow, 'retryWindow', 'a late retry would execute again');
}

function tooShort(ttl: number, least: number, name: string, danger: string): IdempotencyError {
  return new IdempotencyError(
    'IDEM_TTL_TOO_SHORT',
    `The ttl (${ttl} ms) is shorter than the ${name} (${least} ms): ${danger}. ` +
      `Give a ttl of ${least} ms or more, or a shorter ${name}.`,
  );
}
