import { type Backoff, backoffDelay } from '../time/backoff.ts';
import { systemTimers } from '../time/timers.ts';

export interface RetryOptions {
  /** True for a fault after which the same operation may be sent again. */
  isTransient(error: unknown): boolean;
  /** How often it is tried at most, the first time included. */
  readonly attempts: number;
  /** Milliseconds from the start after which no further attempt begins. An attempt under way is not cut off. */
  readonly deadline: number;
  /** Aborted: the promise rejects with its reason, and no further attempt begins. */
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
 * @param attempt is given its number, from 1
 */
export async function retryTransient<T>(
  attempt: (n: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { attempts, deadline, signal, backoff = DEFAULT_BACKOFF, random = Math.random } = options;
  const started = performance.now();
  signal?.throwIfAborted();
  try {
    return await attempt(1);
  } catch (error) {
    if (attempts <= 1 || !options.isTransient(error)) throw error;
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
          return await attempt(n);
        } catch (fault) {
          lastError = fault;
          if (!options.isTransient(fault)) throw fault;
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
