import { readFile } from 'node:fs/promises';
import type { Mutant } from './mutant.ts';

/** A mutant that no rule can tell from the store, and why. */
export interface Judged {
  readonly file: string;
  /** The line where it begins, without the space around it. */
  readonly text: string;
  /** Each of these narrows it down: left out, the judgement is of every mutant of that line. */
  readonly mutator?: string;
  readonly original?: string;
  readonly replacement?: string;
  /** Which of several that are alike. */
  readonly nth?: number;
  readonly reason: string;
}

/** The mutants of a target that were judged equivalent; none where there is no list yet. */
export async function readJudged(target: string): Promise<readonly Judged[]> {
  const path = new URL(`../judged/${target}.json`, import.meta.url);
  const list: unknown = JSON.parse(await readFile(path, 'utf8').catch(() => '[]'));
  if (!Array.isArray(list)) throw new Error(`${path.pathname} is no list`);
  return list.map((entry: unknown) => {
    if (isJudged(entry)) return entry;
    throw new Error(
      `${path.pathname} has an entry without file, text or reason: ${JSON.stringify(entry)}`,
    );
  });
}

const FIELDS = ['file', 'text', 'reason'] as const;
const NARROWING = ['mutator', 'original', 'replacement', 'nth'] as const;

function isJudged(entry: unknown): entry is Judged {
  if (typeof entry !== 'object' || entry === null) return false;
  return FIELDS.every((field) => typeof Reflect.get(entry, field) === 'string');
}

/** The judgement of this mutant, if there is one. */
export function judgementOf(mutant: Mutant, judged: readonly Judged[]): Judged | undefined {
  return judged.find(
    (each) =>
      each.file === mutant.file &&
      each.text === mutant.text &&
      NARROWING.every((field) => each[field] === undefined || each[field] === mutant[field]),
  );
}

/** Judgements of what is no longer there: the line was changed, and has to be judged anew. */
export function staleJudgements(
  mutants: readonly Mutant[],
  judged: readonly Judged[],
): readonly Judged[] {
  return judged.filter((each) => !mutants.some((mutant) => judgementOf(mutant, [each])));
}
