import { type ClientRuntime, createIdempotencyKey } from '../../../src/client/index.ts';

const HOUR = 3_600_000;

/** Longer than any pause of these tests: what is due then is left to real time, which never gets there. */
export const NEVER: number = 24 * HOUR;

export interface Hurried extends ClientRuntime {
  /** The pauses that were made, in milliseconds. */
  readonly pauses: number[];
}

/**
 * A runtime whose pauses are over at once, while its clock says that they lasted. Chance is given.
 *
 * @param random what chance says: 0 takes half of each backoff away, just below 1 nothing
 */
export function hurried(random = 0, date: number = Date.UTC(2026, 0, 1)): Hurried {
  let now = 0;
  const pauses: number[] = [];
  return {
    pauses,
    now: () => now,
    date: () => date + now,
    random: () => random,
    createKey: createIdempotencyKey,
    setTimeout: (fire, delay) => {
      if (delay >= HOUR) {
        const handle = setTimeout(fire, delay);
        return () => clearTimeout(handle);
      }
      pauses.push(delay);
      const handle = setImmediate(() => {
        now += delay;
        fire();
      });
      return () => clearImmediate(handle);
    },
  };
}
