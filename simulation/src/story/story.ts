import type { Weather } from '../store/weather.ts';

/** What a function does, each time it is called. */
export interface Script {
  /** Milliseconds it takes. */
  readonly duration: number;
  readonly ends: 'returns' | 'throws' | 'throws what is recorded' | 'returns what no codec encodes';
  /** Ends at once when its signal is aborted. */
  readonly heedsAbort: boolean;
  /** Keeps the event loop busy all the time. */
  readonly blocks: boolean;
  /** In a transaction, how many of its first attempts a deadlock ends. */
  readonly deadlocks: number;
}

/** One call of `run` or `runInTransaction`. */
export interface PlannedCall {
  readonly id: string;
  readonly host: string;
  readonly key: string;
  readonly at: number;
  readonly wait: number;
  readonly fingerprint: string | undefined;
  /** Milliseconds after its beginning. */
  readonly abortsAfter: number | undefined;
  readonly script: Script;
}

/** What is going to be tried in one run. */
export interface Story {
  readonly lease: number;
  readonly ttl: number;
  readonly maxHold: number;
  readonly recordTimeout: number;
  readonly transactional: boolean;
  /** Who keeps the claim while a transaction lasts; undefined where the store does not say. */
  readonly holds: 'held' | 'renewed' | undefined;
  /** The store wakes who waits. */
  readonly wakes: boolean;
  readonly hosts: readonly string[];
  readonly calls: readonly PlannedCall[];
  readonly stalls: readonly { readonly host: string; readonly at: number; readonly for: number }[];
  /** The host's process ends, and another begins after `down` milliseconds. */
  readonly crashes: readonly {
    readonly host: string;
    readonly at: number;
    readonly down: number;
  }[];
  /** An operator removes what is at the key. */
  readonly removals: readonly { readonly key: string; readonly at: number }[];
  readonly weather: Weather;
  /** Of a hundred commits, how many go wrong. */
  readonly commitFaults: number;
  /** Nothing goes wrong in it: then more is owed. */
  readonly calm: boolean;
}
