import { checkOptionNames } from '../contract/check-options.ts';
import { refuse } from '../contract/checks.ts';
import type { PurgeOptions } from './purge-options.ts';

export interface PurgeIntervalOptions extends Omit<PurgeOptions, 'signal'> {
  /**
   * Milliseconds from the end of one purge to the start of the next, 1,000 to one day, give or take a
   * tenth by chance, so that processes which start together do not purge together. Default 600,000.
   */
  readonly interval?: number | undefined;
  /** Called with the error of a purge that failed; the next is tried all the same. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

const NAMES: ReadonlySet<string> = new Set(['interval', 'onError', 'batch', 'pause', 'onProgress']);
const JITTER = 0.1;
const DEFAULT_INTERVAL = 600_000;
const LONGEST_INTERVAL = 86_400_000;

/**
 * Purges again and again without keeping the process alive. Disposing it stops: no further purge
 * begins, and one under way ends after its batch.
 */
export function startPurging(
  purge: (options: PurgeOptions) => Promise<unknown>,
  given: PurgeIntervalOptions,
): Disposable {
  checkOptionNames(given, NAMES, 'options of startPurging');
  const { interval = DEFAULT_INTERVAL, onError, ...options } = given;
  if (!Number.isSafeInteger(interval) || interval < 1_000 || interval > LONGEST_INTERVAL) {
    const what = 'whole milliseconds, 1,000 to one day';
    refuse('IDEM_INVALID_OPTIONS', interval, what, 'option interval');
  }
  const stop = new AbortController();
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    timer = setTimeout(run, interval * (1 + JITTER * (2 * Math.random() - 1)));
    timer.unref();
  };
  const run = async (): Promise<void> => {
    try {
      await purge({ ...options, signal: stop.signal });
    } catch (error) {
      if (!stop.signal.aborted) onError?.(error);
    }
    if (!stop.signal.aborted) arm();
  };
  arm();
  return {
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      stop.abort();
    },
  };
}
