import { checkOptionNames } from '../contract/check-options.ts';
import { refuse } from '../contract/checks.ts';

/** How an adapter deletes rows that are of no more use. */
export interface PurgeOptions {
  /** Rows in one statement, 1 to 1,000. Default 500. */
  readonly batch?: number | undefined;
  /**
   * Milliseconds between two batches, up to one minute, so that a large purge leaves the log, its
   * replicas and the callers their share. Default 0.
   */
  readonly pause?: number | undefined;
  /** Aborted: no further batch begins, and the promise rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each batch that deleted something, with the rows deleted so far. */
  readonly onProgress?: ((deleted: number) => void) | undefined;
}

/** With what was left out. */
export interface CheckedPurgeOptions extends PurgeOptions {
  readonly batch: number;
  readonly pause: number;
}

const NAMES: ReadonlySet<string> = new Set(['batch', 'pause', 'signal', 'onProgress']);
const DEFAULT_BATCH = 500;
/** Far from the 5,000 locks at which SQL Server locks a whole table. */
const LARGEST_BATCH = 1_000;
const LONGEST_PAUSE = 60_000;

/** Refuses, with `IDEM_INVALID_OPTIONS`, a batch that is not 1 to 1,000 rows, and a pause that is not up to a minute. */
export function checkPurgeOptions(options: PurgeOptions): CheckedPurgeOptions {
  checkOptionNames(options, NAMES, 'options of purgeExpired');
  const { batch = DEFAULT_BATCH, pause = 0, signal, onProgress } = options;
  if (!Number.isSafeInteger(batch) || batch < 1 || batch > LARGEST_BATCH) {
    refuse('IDEM_INVALID_OPTIONS', batch, 'a whole number of rows, 1 to 1,000', 'option batch');
  }
  if (!Number.isSafeInteger(pause) || pause < 0 || pause > LONGEST_PAUSE) {
    refuse('IDEM_INVALID_OPTIONS', pause, 'whole milliseconds, 0 to 60,000', 'option pause');
  }
  return { batch, pause, signal, onProgress };
}
