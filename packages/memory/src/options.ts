import { checkOptionNames, refuse } from '@idem/core/adapter';
import { monotonicClock } from './clock.ts';
import type { MemoryStore } from './memory-store.ts';

const DEFAULT_ENTRIES = 1_000_000;
const DEFAULT_BYTES: number = 256 * 1024 * 1024;
// A Map of V8 holds 2^24 keys; live and lapsed claims together are three times this at the most.
const MOST_ENTRIES = 5_000_000;
const LEAST_BYTES = 4096;

const ALONE: ReadonlySet<string> = new Set(['shareWith']);
const NAMES: ReadonlySet<string> = new Set(['maxEntries', 'maxBytes', 'clock', ...ALONE]);

/** A store with records of its own. */
export interface MemoryBounds {
  /** The most live records, 1 to 5,000,000. Default 1,000,000. */
  readonly maxEntries?: number | undefined;
  /**
   * The most bytes of live records, 4,096 or more: values, keys and fingerprints (two bytes for
   * each UTF-16 unit), 200 for each record and 200 more for a value longer than 4,096; a claim sets 1,024 aside for its result. Default
   * 268,435,456 (256 MiB).
   */
  readonly maxBytes?: number | undefined;
  /**
   * The clock that judges leases and expiry, in milliseconds. Default: a monotonic one, taken when
   * the module loads, which mocked timers do not move. Give one to drive time in a test.
   */
  readonly clock?: (() => number) | undefined;
}

/** Another client of the records of a store in the same process. */
export interface MemoryShare {
  readonly shareWith: MemoryStore;
}

export type MemoryStoreOptions = MemoryBounds | MemoryShare;

/** Bounds, checked and complete. */
export interface Bounds {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly clock: () => number;
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, options that are unknown, of the wrong type or out of range. */
export function checkOptions(options: MemoryStoreOptions): Bounds | MemoryShare {
  checkOptionNames(options, NAMES, 'options of MemoryStore');
  if ('shareWith' in options) {
    checkOptionNames(options, ALONE, 'options of a MemoryStore that shares');
    return options;
  }
  const {
    maxEntries = DEFAULT_ENTRIES,
    maxBytes = DEFAULT_BYTES,
    clock = monotonicClock,
  } = options;
  whole(maxEntries, 1, MOST_ENTRIES, 'options.maxEntries');
  whole(maxBytes, LEAST_BYTES, Number.MAX_SAFE_INTEGER, 'options.maxBytes');
  if (typeof clock !== 'function') {
    const what = 'a function that answers milliseconds';
    refuse('IDEM_INVALID_OPTIONS', clock, what, 'options.clock');
  }
  return { maxEntries, maxBytes, clock };
}

function whole(value: unknown, least: number, most: number, name: string): void {
  if (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > most) {
    const what = `a whole number from ${least.toLocaleString('en-US')} to ${most.toLocaleString('en-US')}`;
    refuse('IDEM_INVALID_OPTIONS', value, what, name);
  }
}
