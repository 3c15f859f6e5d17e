import { readFile, writeFile } from 'node:fs/promises';

/** What a run of a target came to. */
export interface Score {
  readonly mutants: number;
  /** How many of them were tried, drawn by the seed; left out of a whole run. */
  readonly sampled?: number;
  /** How many of them a whole run has come to so far; left out of one that is through. */
  readonly reached?: number;
  /** Those that a rule caught. */
  readonly caught: number;
  /** Those that were judged equivalent. */
  readonly equivalent: number;
  /** Those that do not load, which are not among the others; left out where there are none. */
  readonly refused?: number;
}

/** By the name of the target; `scripts/conformance.ts` puts them into the README. */
export type Scores = Readonly<Record<string, Score & { readonly title: string }>>;

const path = new URL('../scores.json', import.meta.url);

/** Of a hundred mutants that differ from the store, how many a rule caught; never rounded up to all. */
export function percent({ mutants, caught, equivalent, sampled, reached }: Score): string {
  const different = (sampled ?? reached ?? mutants) - equivalent;
  if (different === 0) return 'none to catch';
  return `${(Math.floor((1000 * caught) / different) / 10).toFixed(1)} %`;
}

/** Notes the score of a run. */
export async function writeScore(target: string, title: string, score: Score): Promise<void> {
  const scores: Scores = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
  const all = { ...scores, [target]: { title, ...score } };
  await writeFile(path, `${JSON.stringify(all, null, 2)}\n`);
}
