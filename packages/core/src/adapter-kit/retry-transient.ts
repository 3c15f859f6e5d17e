import { IdempotencyError } from '../contract/errors.ts';
import { type Backoff, backoffDelay } from '../time/backoff.ts';
import { systemTimers } from '../time/timers.ts';
import { untilAborted } from './abort.ts';

export interface RetryOptions {
  /** True for a fault after which the same operation may be sent again. */
  isTransient(error: unknown): boolean;
  /** How often it is tried at most, the first time included. */
  readonly attempts: number;
  /**
   * Milliseconds from the start after which no further attempt begins. An attempt under way is not
   * cut off, unless `attemptDeadline` bounds it.
   */
  readonly deadline: number;
  /**
   * Milliseconds that one attempt may take, and never longer than what is left of `deadline`. An
   * attempt that is late counts as a transient fault, `IDEM_STORE_TIMEOUT`: it is given up, its
   * signal is aborted, and whatever becomes of it, the next one begins. Default: no bound, for a
   * driver that has one of its own.
   */
  readonly attemptDeadline?: number | undefined;
  /** Aborted: no further attempt begins and, between attempts or where they are bounded, the promise rejects with its reason at once. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds of the first pause and of the longest. Default 20 and 1,000. */
  readonly backoff?: Backoff;
  /** From 0 up to but without 1. Default `Math.random`. */
  readonly random?: () => number;
}

const DEFAULT_BACKOFF: Backoff = { first: 20, longest: 1_000 };

/**
 * Sends an operation again after a transient fault, a bounded number of times, with growing and
 * jittered pauses between. Only for operations that may be repeated after a lost reply.
 *
 * Rejects with the last fault when the attempts or the time are used up, and at once with one that
 * is not transient.
 *
 * @param attempt is given its number, from 1, and the signal at which it is given up: where its time
 * is bounded, that of its own deadline and the caller's; else the caller's
 */
export async function retryTransient<T>(
  attempt: (n: number, signal: AbortSignal | undefined) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { attempts, deadline, signal, backoff = DEFAULT_BACKOFF, random = Math.random } = options;
  const { attemptDeadline } = options;
  const started = performance.now();
  signal?.throwIfAborted();
  const send = (n: number): Promise<T> => {
    if (attemptDeadline === undefined) return attempt(n, signal);
    const left = deadline - Math.max(0, performance.now() - started);
    return bounded(attempt, n, Math.min(attemptDeadline, Math.max(1, left)), signal);
  };
  const isTransient = (fault: unknown): boolean =>
    fault instanceof LateAttempt || options.isTransient(fault);
  try {
    return await send(1);
  } catch (error) {
    if (attempts <= 1 || !isTransient(error)) throw error;
    // Armed only now: an operation that succeeds pays for no timer. With the clock mocked the
    // deadline comes late at worst, and the attempts still end it.
    const left = deadline - Math.max(0, performance.now() - started);
    if (left <= 0) throw error;
    let lastError = error;
    const late = new AbortController();
    const cancel = systemTimers.start(left, false, () => late.abort());
    const stop = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
    try {
      for (let n = 2; n <= attempts; n++) {
        await systemTimers.pause(backoffDelay(backoff, n - 1, random), stop);
        try {
          return await send(n);
        } catch (fault) {
          lastError = fault;
          if (!isTransient(fault)) throw fault;
        }
        stop.throwIfAborted();
      }
    } catch (reason) {
      if (signal?.aborted === true) throw signal.reason;
      throw late.signal.aborted ? lastError : reason;
    } finally {
      cancel();
    }
    throw lastError;
  }
}

/** By its class, so that a backend's own time-outs remain the adapter's to judge. */
class LateAttempt extends IdempotencyError {
  constructor(n: number, time: number) {
    const message = `Attempt ${n} was not answered within ${Math.round(time)} ms; its outcome is unknown, and the same call may be repeated.`;
    super('IDEM_STORE_TIMEOUT', message, { retryable: true });
  }
}

/** The attempt, or its end when its time is up or the caller goes away. */
async function bounded<T>(
  attempt: (n: number, signal: AbortSignal | undefined) => Promise<T>,
  n: number,
  time: number,
  caller: AbortSignal | undefined,
): Promise<T> {
  const late = new AbortController();
  const cancel = systemTimers.start(time, false, () => late.abort(new LateAttempt(n, time)));
  const signal = caller === undefined ? late.signal : AbortSignal.any([caller, late.signal]);
  try {
    return await untilAborted(attempt(n, signal), signal);
  } finally {
    cancel();
  }
}
