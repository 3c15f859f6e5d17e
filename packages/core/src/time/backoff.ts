/** How pauses between attempts grow, in milliseconds. */
export interface Backoff {
  readonly first: number;
  readonly longest: number;
}

/**
 * The pause after the given number of failures: doubled each time up to the longest, of which a
 * random half is taken away so that many callers do not come back together.
 */
export function backoffDelay(backoff: Backoff, failures: number, random: () => number): number {
  const whole = Math.min(backoff.longest, backoff.first * 2 ** Math.min(failures - 1, 30));
  return Math.max(1, Math.round(whole * (0.5 + random() / 2)));
}
