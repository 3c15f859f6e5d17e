import { rules } from '@idem/contract-tests';
import type { Answer } from './child/messages.ts';
import type { Attempt } from './child-process.ts';
import { urlOf } from './gather.ts';
import { idOf, type Mutant, mutated } from './mutant.ts';
import { patienceAfter } from './patience.ts';
import { Places } from './places.ts';
import { RuleOrder } from './rule-order.ts';
import { soundnessOf } from './soundness.ts';
import { harnessFor, type Target } from './targets.ts';

/** A mutant, and what the contract made of it. */
export interface Tried {
  readonly mutant: Mutant;
  readonly answer:
    | Extract<Answer, { readonly kind: 'killed' | 'refused' }>
    | { readonly kind: 'survived'; readonly unheard: readonly string[] };
}

export interface Trial {
  readonly target: Target;
  readonly texts: ReadonlyMap<string, string>;
  readonly mutants: readonly Mutant[];
  /** What earlier runs have found, of which rules are worth trying first. */
  readonly before: readonly Tried[];
  readonly seed: number;
  /** How many processes at once. */
  readonly workers: number;
  onTried(tried: Tried, soFar: readonly Tried[]): Promise<void>;
}

/**
 * Puts the contract to each mutant. The store must keep it without a mistake first; answers why not to
 * try where there is no backend.
 */
export async function tryAll(
  trial: Trial,
): Promise<readonly Tried[] | { readonly absent: string }> {
  const { target, seed } = trial;
  await using places = await Places.of(target);
  const harnessOf = (mutant: Mutant): string => harnessFor(target, mutant);
  const order = new RuleOrder();
  const harnesses = [...new Set(trial.mutants.map(harnessOf))];
  const known = await soundnessOf(trial, harnesses, places);
  if ('absent' in known) return known;
  const { sound, coverage } = known;
  for (const { times } of Object.values(sound)) order.took(times);
  for (const { mutant, answer } of trial.before) {
    if (answer.kind === 'killed') order.killed(mutant, answer.by);
  }
  const tried: Tried[] = [];
  const withoutFor = (mutant: Mutant): readonly string[] =>
    coverage.withoutFor(mutant, harnessOf(mutant));
  const survived = new Set(trial.before.map(({ mutant }) => idOf(mutant)));
  // What few rules come to is soon decided, one way or the other.
  const waiting = trial.mutants
    .map((mutant) => {
      const isAgain = survived.has(idOf(mutant)) ? 1 : 0;
      return { mutant, isAgain, left: withoutFor(mutant).length };
    })
    .toSorted((one, other) => one.isAgain - other.isAgain || other.left - one.left)
    .map(({ mutant }) => mutant);
  const attemptOf = (mutant: Mutant): Attempt => {
    const harness = harnessOf(mutant);
    const { deadline, silence } = patienceAfter(sound[harness]);
    const without = withoutFor(mutant);
    const first = order.idsFor(mutant, without);
    const source = mutated(trial.texts.get(mutant.file) ?? '', mutant);
    return {
      task: { harness, first, without, seed, deadline },
      replaced: [{ url: urlOf(mutant.file).href, source }],
      silence,
    };
  };
  const tryOne = async (mutant: Mutant): Promise<Answer> => {
    const first = attemptOf(mutant);
    if (first.task.first.length === 0) return NO_RULE_COMES_THERE;
    return places.with(async (attempts) => {
      const { answer } = await attempts.put(first);
      // What no rule has seen may be the machine's doing: it has to come to the same again.
      return isSeen(answer) ? answer : (await attempts.putFirst(attemptOf(mutant))).answer;
    });
  };
  const worker = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const answer = await tryOne(mutant);
      if (answer.kind === 'absent' || answer.kind === 'covered')
        throw new Error(`${target.name}: ${mutant.file}: ${JSON.stringify(answer)}`);
      if (answer.kind === 'killed') order.killed(mutant, answer.by);
      const one: Tried =
        answer.kind === 'survived'
          ? { mutant, answer: { kind: 'survived', unheard: answer.unheard } }
          : { mutant, answer };
      tried.push(one);
      await trial.onTried(one, tried);
    }
  };
  await Promise.all(Array.from({ length: trial.workers }, worker));
  return tried;
}

const NO_RULE_COMES_THERE: Answer = { kind: 'survived', times: {}, unheard: [] };

const ids: ReadonlySet<string> = new Set(rules.map(({ id }) => id));

/** Whether a rule says so, or all of them. */
function isSeen(answer: Answer): boolean {
  return !('by' in answer) || ids.has(answer.by);
}
