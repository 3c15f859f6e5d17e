import type { Replaced } from './child-process.ts';
import { urlOf } from './gather.ts';
import type { Mutant } from './mutant.ts';
import { mutated } from './mutant.ts';

/** Mutants that are put to the rules in one store. */
export type Waiting = readonly [Mutant, ...Mutant[]];

/**
 * Groups of at most so many, each of mutants that are put to the rules with one harness and stand in
 * lines of their own, so that they can all be in one store.
 */
export function groupsOf(
  mutants: readonly Mutant[],
  most: number,
  harnessOf: (mutant: Mutant) => string,
): readonly Waiting[] {
  const groups: [Mutant, ...Mutant[]][] = [];
  for (const mutant of mutants) {
    const group = groups.find(
      (others) => others.length < most && others.every((other) => goTogether(other, mutant)),
    );
    if (group === undefined) groups.push([mutant]);
    else group.push(mutant);
  }
  return groups;

  function goTogether(one: Mutant, other: Mutant): boolean {
    return (
      harnessOf(one) === harnessOf(other) && (one.file !== other.file || one.line !== other.line)
    );
  }
}

/** The files with all these mistakes in them. */
export function replacedBy(
  mutants: readonly Mutant[],
  texts: ReadonlyMap<string, string>,
): readonly Replaced[] {
  return [...new Set(mutants.map(({ file }) => file))].map((file) => {
    // From the end, so that what comes before stays where it is.
    const inFile = mutants
      .filter((mutant) => mutant.file === file)
      .toSorted((one, other) => other.start - one.start);
    const source = inFile.reduce((text, mutant) => mutated(text, mutant), texts.get(file) ?? '');
    return { url: urlOf(file).href, source };
  });
}

/** Both halves of a group, each with one at least where it has two. */
export function halvesOf(mutants: Waiting): readonly Waiting[] {
  const half = Math.ceil(mutants.length / 2);
  const [first, ...others] = mutants.slice(half);
  const [mutant] = mutants;
  const before: Waiting = [mutant, ...mutants.slice(1, half)];
  return first === undefined ? [before] : [before, [first, ...others]];
}
