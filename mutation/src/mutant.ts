import { namesIn } from './within.ts';

/** A place in a file, and what stands there instead. */
export interface Mutation {
  /** The file, from the root of the repository. */
  readonly file: string;
  /** Offsets in the file's text. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** The kind of the mistake. */
  readonly mutator: string;
}

/** A source with one small mistake. */
export interface Mutant extends Mutation {
  /** The number of the line where it begins, from 1. */
  readonly line: number;
  /** That line without the space around it: what stays the same when lines above it come and go. */
  readonly text: string;
  /** The innermost function, method, member or constant with a name that it stands in; '' outside of all. */
  readonly in: string;
  /** What stands in the place now. */
  readonly original: string;
  /** Which of those with the same file, name around it, text, mutator, original and replacement it is, from 1. */
  readonly nth: number;
}

/** The mutations of one file as mutants, in the order of their places; of two that come to the same, the first. */
export function mutantsOf(source: string, mutations: readonly Mutation[]): Mutant[] {
  const nameAt = namesIn(source);
  const lines = source.split('\n');
  const made = new Set<string>();
  const alike = new Map<string, number>();
  return mutations
    .filter(({ start, end, replacement }) => source.slice(start, end) !== replacement)
    .toSorted((one, other) => one.start - other.start || one.end - other.end)
    .filter((mutation) => made.size < made.add(mutated(source, mutation)).size)
    .map((mutation) => {
      const original = source.slice(mutation.start, mutation.end);
      const line = source.slice(0, mutation.start).split('\n').length;
      const text = lines[line - 1]?.trim() ?? '';
      const within = nameAt(mutation.start);
      const name = JSON.stringify([within, text, mutation.mutator, original, mutation.replacement]);
      const nth = (alike.get(name) ?? 0) + 1;
      alike.set(name, nth);
      return { ...mutation, line, text, in: within, original, nth };
    });
}

/** The source with the mistake in it. */
export function mutated(source: string, { start, end, replacement }: Mutation): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** What tells a mutant from every other of the same sources. */
export function idOf({ file, start, end, replacement }: Mutant): string {
  return JSON.stringify([file, start, end, replacement]);
}

/** The mutant in one line, for people. */
export function shown({ file, line, mutator, original, replacement }: Mutant): string {
  return `${file}:${line} ${mutator}: ${short(original)} → ${short(replacement) || 'nothing'}`;
}

const LONGEST = 70;

function short(text: string): string {
  const oneLine = text.replaceAll(/\s+/g, ' ').trim();
  return oneLine.length <= LONGEST ? oneLine : `${oneLine.slice(0, LONGEST)}…`;
}
