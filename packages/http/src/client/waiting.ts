import type { ClientRuntime } from './runtime.ts';

/** The longest delay `setTimeout` keeps; a longer one fires at once. */
const LONGEST_DELAY = 2_147_483_647;

/** Calls `fire` after `delay` milliseconds, however long that is; what it returns cancels that. */
export function after(runtime: ClientRuntime, delay: number, fire: () => void): () => void {
  const due = runtime.now() + delay;
  let cancel = (): void => {};
  const arm = (): void => {
    const left = Math.max(1, Math.ceil(due - runtime.now()));
    cancel = runtime.setTimeout(left > LONGEST_DELAY ? arm : fire, Math.min(left, LONGEST_DELAY));
  };
  arm();
  return () => cancel();
}

/** Resolves after `delay` milliseconds; rejects with the signal's reason once it is aborted. */
export function pause(
  runtime: ClientRuntime,
  delay: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  let cancel = (): void => {};
  const over = new Promise<void>((resolve) => {
    cancel = after(runtime, delay, resolve);
  });
  return (signal === undefined ? over : untilAborted(signal, over)).finally(() => cancel());
}

/**
 * Does the work within `limit` milliseconds, until the caller's signal is aborted at the latest. The work is
 * given a signal of both, and goes on being abortable by the caller's when it has ended.
 */
export async function within<T>(
  runtime: ClientRuntime,
  limit: number,
  callers: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const whole = Math.max(1, Math.round(limit));
  const cancel = after(runtime, whole, () => {
    late.abort(new DOMException(`It took longer than ${whole} ms.`, 'TimeoutError'));
  });
  const signal = callers === undefined ? late.signal : AbortSignal.any([callers, late.signal]);
  try {
    return await untilAborted(signal, work(signal));
  } catch (error) {
    throw callers?.aborted === true ? callers.reason : error;
  } finally {
    cancel();
  }
}

/**
 * As `work`, but rejects with the signal's reason once it is aborted, also where the work does not mind
 * the signal.
 */
export function untilAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    const stop = (): void => signal.removeEventListener('abort', abort);
    work.finally(stop).then(resolve, reject);
  });
}
