import type { Command } from './command.ts';
import { gather } from './gather.ts';
import { judgementOf, readJudged, staleJudgements } from './judged.ts';
import { type Mutant, shown } from './mutant.ts';
import { readResults, writeResults } from './results.ts';
import { sample } from './sample.ts';
import { percent, writeScore } from './score.ts';
import type { Target } from './targets.ts';
import { type Tried, tryAll } from './try-all.ts';

/** Tries the mutants of one target; answers whether every survivor was judged equivalent. */
export async function mutate(
  target: Target,
  command: Command,
  say: (line: string) => void,
): Promise<boolean> {
  const { seed, workers } = command;
  const { mutants, texts } = await gather(target);
  const judged = await readJudged(target.name);
  const before = await readResults(target.name, texts);
  const isJudged = (mutant: Mutant): boolean => judgementOf(mutant, judged) !== undefined;
  const chosen = choose(mutants, command, before, isJudged);
  if (command.list) {
    for (const mutant of chosen) say(`${shown(mutant)}${isJudged(mutant) ? ' (judged)' : ''}`);
    return true;
  }

  const tried = await tryAll({
    ...{ target, texts, mutants: chosen, seed, workers },
    onTried: async (one, soFar) => {
      const { mutant, answer } = one;
      // As they come: a run that is cut short goes on with --open.
      if (command.sample === undefined)
        await writeResults(target.name, texts, merge(mutants, before, soFar));
      const end = answer.kind === 'survived' ? 'SURVIVED' : `caught by ${answer.by}`;
      say(`${target.name} ${soFar.length}/${chosen.length} ${shown(mutant)}: ${end}`);
    },
  });
  if ('absent' in tried) {
    say(`${target.name}: not tried: ${tried.absent}`);
    return true;
  }
  const whole = command.sample === undefined ? merge(mutants, before, tried) : undefined;

  const survivors = tried.filter(({ answer }) => answer.kind === 'survived');
  const open = survivors.filter(({ mutant }) => !isJudged(mutant));
  const wrong = tried.filter(({ mutant, answer }) => answer.kind === 'killed' && isJudged(mutant));
  const stale = staleJudgements(mutants, judged);
  for (const { mutant } of open) {
    say(`${target.name}: no rule catches ${shown(mutant)}\n  in: ${mutant.text}`);
  }
  for (const { mutant, answer } of wrong) {
    const by = answer.kind === 'killed' ? `${answer.by}: ${answer.fault}` : '';
    say(`${target.name}: judged equivalent, and yet caught by ${by}\n  ${shown(mutant)}`);
  }
  for (const { file, text } of stale) {
    say(`${target.name}: judged, and no longer there: ${file}: ${text}`);
  }
  const score = {
    mutants: tried.length,
    caught: tried.length - survivors.length,
    equivalent: survivors.length - open.length,
  };
  say(
    `${target.name}: ${score.caught} of ${score.mutants} mutants caught, ${score.equivalent} judged equivalent, ${open.length} open: ${percent(score)}`,
  );
  if (command.write) {
    const isSample = command.sample !== undefined;
    await note(target, { mutants, known: whole ?? tried, isSample, isJudged });
  }
  return open.length === 0 && wrong.length === 0 && stale.length === 0;
}

function choose(
  mutants: readonly Mutant[],
  { only, open, sample: count, seed }: Command,
  before: readonly Tried[],
  isJudged: (mutant: Mutant) => boolean,
): readonly Mutant[] {
  const caught = new Set(
    before.filter(({ answer }) => answer.kind === 'killed').map(({ mutant }) => idOf(mutant)),
  );
  const asked = mutants.filter(
    (mutant) =>
      (mutant.file.includes(only) || mutant.text.includes(only)) &&
      (!open || !caught.has(idOf(mutant))),
  );
  if (count === undefined) return asked;
  return sample(
    asked.filter((mutant) => !isJudged(mutant)),
    count,
    seed,
  );
}

/** What is known of every mutant: from this run, and else from the last one on the same sources. */
function merge(
  mutants: readonly Mutant[],
  before: readonly Tried[],
  now: readonly Tried[],
): readonly Tried[] {
  const known = new Map([...before, ...now].map((tried) => [idOf(tried.mutant), tried]));
  return mutants.flatMap((mutant) => known.get(idOf(mutant)) ?? []);
}

function idOf({ file, start, end, replacement }: Mutant): string {
  return JSON.stringify([file, start, end, replacement]);
}

async function note(
  { name, title }: Target,
  {
    mutants,
    known,
    isSample,
    isJudged,
  }: {
    readonly mutants: readonly Mutant[];
    readonly known: readonly Tried[];
    readonly isSample: boolean;
    readonly isJudged: (mutant: Mutant) => boolean;
  },
): Promise<void> {
  if (!isSample && known.length < mutants.length) {
    throw new Error(
      `${name}: only a whole run or a sample has a score; ${known.length} were tried.`,
    );
  }
  const survivors = known.filter(({ answer }) => answer.kind === 'survived');
  await writeScore(name, title, {
    mutants: mutants.length,
    ...(isSample ? { sampled: known.length } : {}),
    caught: known.length - survivors.length,
    equivalent: survivors.filter(({ mutant }) => isJudged(mutant)).length,
  });
}
