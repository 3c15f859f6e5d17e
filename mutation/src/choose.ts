import type { Command } from './command.ts';
import { idOf, type Mutant } from './mutant.ts';
import { sample } from './sample.ts';
import type { Tried } from './try-all.ts';

export interface Choice {
  /** What the score is of. */
  readonly asked: readonly Mutant[];
  /** Those of them that are to be tried now. */
  readonly chosen: readonly Mutant[];
}

/** Which mutants a command is about, and which of them it has to try. */
export function choose(
  mutants: readonly Mutant[],
  command: Command,
  before: readonly Tried[],
  isJudged: (mutant: Mutant) => boolean,
): Choice {
  const asked = askedBy(mutants, command, isJudged);
  if (command.known) return { asked, chosen: [] };
  if (!command.open) return { asked, chosen: asked };
  const decided = new Set(
    before.filter(({ answer }) => answer.kind !== 'survived').map(({ mutant }) => idOf(mutant)),
  );
  const survived = new Set(before.map(({ mutant }) => idOf(mutant)));
  const open = asked.filter((mutant) => !decided.has(idOf(mutant)));
  // What was never tried comes first: a survivor takes the whole contract once more.
  const chosen = [
    ...open.filter((mutant) => !survived.has(idOf(mutant))),
    ...open.filter((mutant) => survived.has(idOf(mutant))),
  ];
  return { asked, chosen };
}

function askedBy(
  mutants: readonly Mutant[],
  { only, sample: count, part, seed }: Command,
  isJudged: (mutant: Mutant) => boolean,
): readonly Mutant[] {
  const named = mutants.filter(({ file, text }) => file.includes(only) || text.includes(only));
  if (part !== undefined) {
    // Judged or not, so that the parts are the same when the judgements have grown.
    const drawn = sample(named, named.length, seed);
    return drawn.filter((_, at) => at % part.of === part.nth - 1);
  }
  if (count === undefined) return named;
  return sample(
    named.filter((mutant) => !isJudged(mutant)),
    count,
    seed,
  );
}
