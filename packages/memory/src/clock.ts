import { performance } from 'node:perf_hooks';

// Captured as the module loads, so that a test which mocks Date or performance later, or a wall
// clock that steps, moves no lease and no expiry.
const origin = performance.timeOrigin;
const elapsed = performance.now.bind(performance);

/** Milliseconds since the epoch as the process started, and monotonic from there. */
export function monotonicClock(): number {
  return origin + elapsed();
}
