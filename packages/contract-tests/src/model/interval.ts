/** An instant known within bounds, in milliseconds: what it dates happened somewhere between, ends included. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** The instant that comes `duration` milliseconds later. */
export function later(interval: Interval, duration: number): Interval {
  return { from: interval.from + duration, to: interval.to + duration };
}
