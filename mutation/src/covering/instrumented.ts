import type { Mutant } from '../mutant.ts';

export interface InstrumentedFile {
  /** From the root of the repository. */
  readonly file: string;
  readonly text: string;
}

/** Sources that say what of them is run. */
export interface Instrumented {
  readonly sources: readonly InstrumentedFile[];
  /** What is said when the place of a mutant is come to; undefined where nothing is. */
  markOf(mutant: Mutant): string | undefined;
}
