import type { Interval } from './interval.ts';

/** What the model knows about one key. */
export interface KeyState {
  readonly record: Vacant | Claimed | Completed;
  /** The highest fence that a claim of this key was given; -1 before the first. */
  readonly highestFence: number;
}

export interface Vacant {
  readonly state: 'vacant';
  /** The claim that lapsed here and that nobody has displaced yet. */
  readonly lapsed: Lapsed | null;
}

export interface Lapsed {
  readonly since: Interval;
  /** False where the contract leaves open whether the next claim is a takeover. */
  readonly certain: boolean;
}

export interface Claimed {
  readonly state: 'claimed';
  readonly token: string;
  readonly fingerprint: string | null;
  /** The fence that was given, or the lowest it can be while its answer is not known. */
  readonly fence: number;
  readonly fenceKnown: boolean;
  /** Null while the answer is not known. */
  readonly takeover: boolean | null;
  /** When it was acquired; neither a renewal nor a repeated claim changes it. */
  readonly since: Interval;
  readonly ends: Interval;
}

export interface Completed {
  readonly state: 'completed';
  readonly value: string;
  readonly token: string | null;
  readonly fingerprint: string | null;
  readonly ends: Interval;
}

/** A key that nobody has touched. */
export const untouched: KeyState = { record: { state: 'vacant', lapsed: null }, highestFence: -1 };
