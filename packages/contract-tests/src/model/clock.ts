import type { BackendClock } from '../harness.ts';
import type { Interval } from './interval.ts';
import { now } from './monotonic.ts';

/** How a sequence or a history dates its operations. */
export interface ModelClock {
  /** Reads the clock: what was done between two marks took effect between them. */
  mark(): Promise<number>;
  /** How far a mark may be from the clock that the backend judges by, in milliseconds. */
  readonly tolerance: number;
}

const MINUTE = 60_000;

/**
 * For operations whose leases and ttls are hours long: this machine's monotonic clock, with a
 * tolerance that no step of the backend's clock exceeds in the seconds that a run takes.
 */
export const longLeasesOnly: ModelClock = { mark: () => Promise.resolve(now()), tolerance: MINUTE };

/** The backend's own clock. One that runs may round to a millisecond; a driven one is exact. */
export function backendMarks(clock: BackendClock): ModelClock {
  return { mark: () => clock.now(), tolerance: clock.driven ? 0 : 1 };
}

export function between(before: number, after: number, clock: ModelClock): Interval {
  return { from: before - clock.tolerance, to: after + clock.tolerance };
}
