import fc from 'fast-check';
import type { Step } from './generate.ts';
import { now } from './monotonic.ts';
import type { Departure } from './sequence.ts';

export interface Exploration {
  readonly seed: number;
  /** How many sequences are tried. */
  readonly runs: number;
  /** Milliseconds after which no more are tried, and the shrinking of one that failed ends. */
  readonly patience: number;
  readonly sequences: fc.Arbitrary<Step[]>;
  /** Runs a sequence on fresh keys. */
  run(steps: readonly Step[]): Promise<Departure | null>;
}

class Departed extends Error {
  readonly departure: Departure;

  constructor(departure: Departure) {
    super('The store left the model.');
    this.departure = departure;
  }
}

/** Tries random sequences until one fails, then shrinks that; null when none fails. */
export async function explore(exploration: Exploration): Promise<Departure | null> {
  const { seed, runs, sequences } = exploration;
  const run = patiently(exploration);
  const property = fc.asyncProperty(sequences, async (steps) => {
    const departure = await run(steps);
    if (departure !== null) throw new Departed(departure);
  });
  const { failed, errorInstance } = await fc.check(property, { seed, numRuns: runs });
  if (!failed) return null;
  if (errorInstance instanceof Departed) return shortest(errorInstance.departure, run);
  throw errorInstance;
}

/** Runs sequences while patience lasts, and as long again for the shrinking; then it says that none fails. */
function patiently({ patience, run }: Exploration): Exploration['run'] {
  let end = now() + patience;
  let found = false;
  return async (steps) => {
    if (now() > end) return null;
    const departure = await run(steps);
    if (departure !== null && !found) {
      found = true;
      end = now() + patience;
    }
    return departure;
  };
}

/**
 * Leaves out every step that is not needed. The library's shrinking stops short of this where two
 * steps have to go together with a smaller value.
 */
async function shortest(departure: Departure, run: Exploration['run']): Promise<Departure> {
  let best = departure;
  for (let index = best.traces.length - 2; index >= 0; index -= 1) {
    const without = best.traces.map(({ step }) => step).filter((_, at) => at !== index);
    const still = await run(without);
    if (still === null) continue;
    best = still;
    index = Math.min(index, best.traces.length - 1);
  }
  return best;
}
