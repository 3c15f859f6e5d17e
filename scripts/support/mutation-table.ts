import { readFile } from 'node:fs/promises';
import { tableRow } from './table-row.ts';

interface Score {
  readonly title: string;
  readonly mutants: number;
  readonly caught: number;
  readonly equivalent: number;
  readonly sampled?: number;
  readonly reached?: number;
  readonly refused?: number;
}

/** The scores that `mutation/` notes, as a table. */
export async function mutationTable(): Promise<string> {
  const scores: Readonly<Record<string, Score>> = JSON.parse(
    await readFile('mutation/scores.json', 'utf8'),
  );
  const rows = Object.values(scores).map((score) =>
    tableRow([
      score.title,
      tried(score),
      String(score.caught),
      String(score.equivalent),
      String(score.refused ?? 0),
      percent(score),
    ]),
  );
  return [
    tableRow([
      'small mistakes in',
      'tried',
      'caught',
      'judged equivalent',
      'did not load',
      'score',
    ]),
    tableRow(Array(6).fill('---')),
    ...rows,
  ].join('\n');
}

function tried({ mutants, sampled, reached }: Score): string {
  if (reached !== undefined) return `${reached} of ${mutants}, the others not yet`;
  return sampled === undefined ? String(mutants) : `${sampled} of ${mutants}, drawn by lot`;
}

/** Never rounded up to all of them. */
function percent({ mutants, caught, equivalent, sampled, reached }: Score): string {
  const different = (sampled ?? reached ?? mutants) - equivalent;
  return `${(Math.floor((1000 * caught) / different) / 10).toFixed(1)} %`;
}
