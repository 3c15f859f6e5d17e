import type { CheckedReplayCache } from './options.ts';
import type { Readers } from './reading.ts';
import { Reading } from './reading.ts';
import { type CachedRecord, Records } from './records.ts';
import { Tracking, type TrackingOptions } from './tracking.ts';

/**
 * Completed records that are answered without asking the server, as long as it would have told of a
 * change: what is here is older than `maxStaleness` never.
 */
export class ReplayCache {
  readonly #records: Records;
  readonly #tracking: Tracking;
  readonly #readers = new Map<string, Readers>();

  constructor(options: CheckedReplayCache & TrackingOptions) {
    this.#records = new Records(options.maxBytes, options.maxEntries);
    this.#tracking = new Tracking(options, {
      changed: (keys) => {
        for (const key of keys) this.drop(key);
      },
      lost: () => this.#clear(),
    });
  }

  get tracking(): Tracking {
    return this.#tracking;
  }

  get(key: string): CachedRecord | undefined {
    const record = this.#records.get(key);
    if (record === undefined) return undefined;
    const serverTime = this.#tracking.serverTime();
    if (serverTime === undefined) return undefined;
    if (serverTime < record.ends) return record;
    this.#records.delete(key);
    return undefined;
  }

  /** Begins to ask the server for the key; `end` must follow. */
  begin(key: string): Reading {
    let readers = this.#readers.get(key);
    if (readers === undefined || readers.isSpoiled) {
      readers = { count: 0, isSpoiled: false };
      this.#readers.set(key, readers);
    }
    readers.count += 1;
    return new Reading(readers, this.#tracking);
  }

  /** Keeps what it was answered, unless the key may have changed since. */
  keep(key: string, reading: Reading, record: CachedRecord): void {
    if (reading.mayBeKept) this.#records.put(key, record);
  }

  end(key: string, reading: Reading): void {
    const { readers } = reading;
    reading.end();
    readers.count -= 1;
    if (readers.count === 0 && this.#readers.get(key) === readers) this.#readers.delete(key);
  }

  /** The key may have changed, or is about to. */
  drop(key: string): void {
    this.#records.delete(key);
    const readers = this.#readers.get(key);
    if (readers !== undefined) readers.isSpoiled = true;
  }

  close(): void {
    this.#tracking.close();
  }

  #clear(): void {
    this.#records.clear();
    for (const readers of this.#readers.values()) readers.isSpoiled = true;
  }
}
