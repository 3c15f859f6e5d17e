/** An instant known within bounds, in milliseconds: what it dates happened somewhere between, ends included. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export function exactly(instant: number): Interval {
  return { from: instant, to: instant };
}

/** The instant that comes `duration` milliseconds later. */
export function later(interval: Interval, duration: number): Interval {
  return { from: interval.from + duration, to: interval.to + duration };
}

export function widened(interval: Interval, by: number): Interval {
  return { from: interval.from - by, to: interval.to + by };
}
