import { choose } from './choose.ts';
import type { Command } from './command.ts';
import { gather } from './gather.ts';
import {
  isRefutable,
  judgementOf,
  readJudged,
  staleJudgements,
  vagueJudgements,
} from './judged.ts';
import { idOf, type Mutant, shown } from './mutant.ts';
import { readResults, writeResults } from './results.ts';
import { percent, type Score, writeScore } from './score.ts';
import { type Target, targets } from './targets.ts';
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
  const { asked, chosen } = choose(mutants, command, before, isJudged);
  if (asked.length === 0) {
    say(`${target.name}: there is no mutant whose file or line contains ${command.only}`);
    return false;
  }
  if (command.list) {
    for (const mutant of chosen) say(`${shown(mutant)}${isJudged(mutant) ? ' (judged)' : ''}`);
    return true;
  }

  const now = await tryAll({
    ...{ target, texts, mutants: chosen, before, seed, workers },
    elsewhere: await killersIn(targets.filter(({ name }) => name !== target.name)),
    together: { most: command.together, has: isJudged },
    onTried: async ({ mutant, answer }, soFar) => {
      // As they come: a run that is cut short goes on with --open.
      await writeResults(target.name, texts, merge(mutants, before, soFar));
      say(`${target.name} ${soFar.length}/${chosen.length} ${shown(mutant)}: ${ended(answer)}`);
    },
  });
  if ('absent' in now) {
    say(`${target.name}: not tried: ${now.absent}`);
    return !command.named;
  }
  const tried = merge(asked, before, now);
  const refused = tried.filter(({ answer }) => answer.kind === 'refused');
  const survivors = tried.filter(({ answer }) => answer.kind === 'survived');
  const open = survivors.filter(({ mutant }) => !isJudged(mutant));
  const wrong = tried.filter(
    ({ mutant, answer }) => answer.kind !== 'survived' && isRefutable(mutant, judged),
  );
  const stale = staleJudgements(mutants, judged);
  const vague = vagueJudgements(mutants, judged);
  for (const { mutant } of open) {
    say(`${target.name}: no rule catches ${shown(mutant)}\n  in: ${mutant.text}`);
  }
  for (const { mutant, answer } of wrong) {
    say(`${target.name}: judged equivalent, and yet ${ended(answer)}\n  ${shown(mutant)}`);
  }
  for (const { file, text } of stale) {
    say(`${target.name}: judged, and no longer there: ${file}: ${text}`);
  }
  for (const { file, text } of vague) {
    say(
      `${target.name}: judged, and there in several places; "in" and "nth" say which: ${file}: ${text}`,
    );
  }
  const score = {
    mutants: mutants.length - refused.length,
    ...(tried.length < mutants.length
      ? { [asked.length < mutants.length ? 'sampled' : 'reached']: tried.length - refused.length }
      : {}),
    caught: tried.length - refused.length - survivors.length,
    equivalent: survivors.length - open.length,
    refused: refused.length,
  };
  say(`${target.name}: ${summary(tried, score, open.length)}`);
  if (command.write) await writeScore(target.name, target.title, score);
  return [open, wrong, stale, vague].every(({ length }) => length === 0);
}

/** The rules that caught mutants of these targets, once for each, as far as it is known. */
async function killersIn(others: readonly Target[]): Promise<readonly string[]> {
  const known = await Promise.all(
    others.map(async (other) => readResults(other.name, (await gather(other)).texts)),
  );
  return known.flat().flatMap(({ answer }) => (answer.kind === 'killed' ? [answer.by] : []));
}

function ended(answer: Tried['answer']): string {
  if (answer.kind === 'survived') {
    const { unheard, beside = 0 } = answer;
    const company = beside === 0 ? '' : ` with ${beside} others in one store`;
    const slow = unheard.length === 0 ? '' : `, on a machine too slow for ${unheard.join(', ')}`;
    return `SURVIVED${company}${slow}`;
  }
  if (answer.kind === 'refused') return 'does not load';
  return `caught by ${answer.by}${answer.late === true ? ', by its deadline only' : ''}`;
}

function summary(tried: readonly Tried[], score: Score, open: number): string {
  const refused = tried.filter(({ answer }) => answer.kind === 'refused').length;
  const late = tried.filter(({ answer }) => answer.kind === 'killed' && answer.late === true);
  return [
    `${score.caught} of ${tried.length - refused} mutants caught`,
    ...(late.length === 0 ? [] : [`${late.length} of them by a deadline only`]),
    `${score.equivalent} judged equivalent`,
    ...(refused === 0 ? [] : [`${refused} more do not load`]),
    `${open} open: ${percent(score)}`,
  ].join(', ');
}

/** What is known of these mutants: from this run, and else from the last one on the same sources. */
function merge(
  mutants: readonly Mutant[],
  before: readonly Tried[],
  now: readonly Tried[],
): readonly Tried[] {
  const known = new Map([...before, ...now].map((tried) => [idOf(tried.mutant), tried]));
  return mutants.flatMap((mutant) => known.get(idOf(mutant)) ?? []);
}
