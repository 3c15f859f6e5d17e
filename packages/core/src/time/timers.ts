/** The longest delay `setTimeout` keeps; a longer one fires at once (Node.js: timers, `TIMEOUT_MAX`). */
const LONGEST_DELAY = 2_147_483_647;

/** Ends a timer that has not fired. May be called again. */
export type Cancel = () => void;

/**
 * Calls `fire` after `delay` milliseconds, however long that is.
 *
 * It reads no clock, so it is right when `Date` or `performance` are mocked, and `setTimeout` is
 * looked up at each call, so fake timers drive it.
 *
 * @param keepAlive whether the process must not end before
 */
export function startTimer(delay: number, keepAlive: boolean, fire: () => void): Cancel {
  let remaining = delay;
  let handle: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const step = Math.min(remaining, LONGEST_DELAY);
    remaining -= step;
    handle = setTimeout(remaining > 0 ? arm : fire, step);
    // Some fake timers hand out plain numbers.
    if (!keepAlive && typeof handle === 'object') handle.unref?.();
  };
  arm();
  return () => clearTimeout(handle);
}

/** Resolves after `delay` milliseconds, keeping the process alive; rejects with the signal's reason once it is aborted. */
export function pause(delay: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const abort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = startTimer(delay, true, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}
