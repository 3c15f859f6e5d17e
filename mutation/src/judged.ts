import { readFile } from 'node:fs/promises';
import type { Mutant } from './mutant.ts';

/** A mutant that no rule can tell from the store, and why. */
export interface Judged {
  readonly file: string;
  /** The line where it begins, without the space around it. */
  readonly text: string;
  /** The name around it, or several; asked for where the line stands in more than one. */
  readonly in?: string | readonly string[];
  /** Each of these narrows it down: left out, the judgement is of every mutant of that line. */
  readonly mutator?: string;
  readonly original?: string;
  readonly replacement?: string;
  /** Which of several that are alike, and have the same name around them. */
  readonly nth?: number;
  /** A rule sees it now and then, as when two requests happen to meet: that it was caught says nothing. */
  readonly byChance?: true;
  readonly reason: string;
}

/** The mutants of a target that were judged equivalent; none where there is no list yet. */
export async function readJudged(target: string): Promise<readonly Judged[]> {
  const path = new URL(`../judged/${target}.json`, import.meta.url);
  const list: unknown = JSON.parse(await textOf(path));
  if (!Array.isArray(list)) throw new Error(`${path.pathname} is no list`);
  return list.map((entry: unknown) => {
    if (isJudged(entry)) return entry;
    throw new Error(
      `${path.pathname} has an entry with a field too many, or without file, text or reason: ${JSON.stringify(entry)}`,
    );
  });
}

async function textOf(path: URL): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '[]';
    throw error;
  }
}

const FIELDS = ['file', 'text', 'reason'] as const;
const NARROWING = ['mutator', 'original', 'replacement', 'nth'] as const;
const KNOWN: ReadonlySet<string> = new Set([...FIELDS, ...NARROWING, 'in', 'byChance']);

function isJudged(entry: unknown): entry is Judged {
  if (typeof entry !== 'object' || entry === null) return false;
  // One that is misspelt would narrow nothing down.
  if (!Object.keys(entry).every((field) => KNOWN.has(field))) return false;
  if ('byChance' in entry && entry.byChance !== true) return false;
  return FIELDS.every((field) => typeof Reflect.get(entry, field) === 'string');
}

/** The judgement of this mutant, if there is one. */
export function judgementOf(mutant: Mutant, judged: readonly Judged[]): Judged | undefined {
  return judged.find(
    (each) =>
      each.file === mutant.file &&
      each.text === mutant.text &&
      (each.in === undefined || [each.in].flat().includes(mutant.in)) &&
      NARROWING.every((field) => each[field] === undefined || each[field] === mutant[field]),
  );
}

/** Whether a judgement of this mutant is refuted when a rule catches it. */
export function isRefutable(mutant: Mutant, judged: readonly Judged[]): boolean {
  const judgement = judgementOf(mutant, judged);
  return judgement !== undefined && judgement.byChance !== true;
}

/** Judgements of what is no longer there: the line was changed, and has to be judged anew. */
export function staleJudgements(
  mutants: readonly Mutant[],
  judged: readonly Judged[],
): readonly Judged[] {
  return judged.filter((each) =>
    namesOf(each).some(
      (name) => !mutants.some((mutant) => judgementOf(mutant, [{ ...each, ...name }])),
    ),
  );
}

function namesOf({ in: names }: Judged): readonly { readonly in?: string }[] {
  return names === undefined ? [{}] : [names].flat().map((name) => ({ in: name }));
}

/**
 * Judgements that are of more than what was judged: the same line stands in several places, and
 * which of them is meant is not said. One that is right in one place may be wrong in another.
 */
export function vagueJudgements(
  mutants: readonly Mutant[],
  judged: readonly Judged[],
): readonly Judged[] {
  return judged.filter((each) => {
    const found = mutants.filter((mutant) => judgementOf(mutant, [each]));
    if (each.in === undefined && new Set(found.map((mutant) => mutant.in)).size > 1) return true;
    // A judgement of all that can go wrong in a line is of one line; one of a mistake is of one mistake.
    const places = found.map(({ in: name, line, start }) =>
      JSON.stringify([name, each.replacement === undefined ? line : start]),
    );
    const names = found.map((mutant) => mutant.in);
    return new Set(places).size > new Set(names).size;
  });
}
