import { checkOptionNames, refuse } from '@idem/core/adapter';

/** Completed records that are answered without asking the server. */
export interface ReplayCacheOptions {
  /** How many bytes of memory they may take, about. */
  readonly maxBytes: number;
  /** How many they may be. Default 10,000. */
  readonly maxEntries?: number | undefined;
  /**
   * How long at most, in milliseconds, a record is still answered after another client's `remove` or
   * `store` was acknowledged. While changes are heard of it is a moment; this is when they are not.
   * Default 1,000.
   */
  readonly maxStaleness?: number | undefined;
}

export interface CheckedReplayCache {
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly maxStaleness: number;
}

const NAMES: ReadonlySet<string> = new Set(['maxBytes', 'maxEntries', 'maxStaleness']);

/** Refuses bad options with `IDEM_INVALID_OPTIONS`. */
export function checkReplayCache(
  options: ReplayCacheOptions | undefined,
  timeInScripts: boolean,
): CheckedReplayCache | undefined {
  if (options === undefined) return undefined;
  checkOptionNames(options, NAMES, 'option replayCache');
  const { maxBytes, maxEntries = 10_000, maxStaleness = 1_000 } = options;
  checkCount(maxBytes, 'maxBytes');
  checkCount(maxEntries, 'maxEntries');
  checkCount(maxStaleness, 'maxStaleness, in milliseconds,');
  if (!timeInScripts) {
    const what = "left out with timeInScripts: false, for what is kept ends by the server's clock";
    refuse('IDEM_INVALID_OPTIONS', options, what, 'option replayCache');
  }
  return { maxBytes, maxEntries, maxStaleness };
}

function checkCount(value: unknown, name: string): void {
  if (Number.isSafeInteger(value) && Number(value) >= 1) return;
  refuse('IDEM_INVALID_OPTIONS', value, 'a whole number, at least 1', `option replayCache.${name}`);
}
