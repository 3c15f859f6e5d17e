import { rules } from '@idem/contract-tests';
import type { Answer } from './child/messages.ts';
import type { Attempt } from './child-process.ts';
import { idOf, type Mutant } from './mutant.ts';
import { patienceAfter } from './patience.ts';
import { Places } from './places.ts';
import { RuleOrder, slowOf } from './rule-order.ts';
import { soundnessOf } from './soundness.ts';
import { harnessFor, type Target } from './targets.ts';
import { groupsOf, halvesOf, replacedBy, type Waiting } from './together.ts';

/** A mutant, and what the contract made of it. */
export interface Tried {
  readonly mutant: Mutant;
  readonly answer:
    | Extract<Answer, { readonly kind: 'killed' | 'refused' }>
    | {
        readonly kind: 'survived';
        readonly unheard: readonly string[];
        /** How many mutants were in the store with it; left out where it was alone. */
        readonly beside?: number;
      };
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
  /** What the rules have caught in other stores: of them none is known to be worth more than another. */
  readonly elsewhere: readonly string[];
  /** Those that are put to the rules so many at once, in one store, until one is caught. */
  readonly together: { readonly most: number; has(mutant: Mutant): boolean };
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
  const slow = Object.fromEntries(
    Object.entries(sound).map(([harness, { times }]) => [harness, slowOf(times)]),
  );
  for (const { mutant, answer } of trial.before) {
    if (answer.kind === 'killed') order.killed(mutant, answer.by);
  }
  for (const id of trial.elsewhere) order.killedElsewhere(id);
  const tried: Tried[] = [];
  const leftFor = (mutants: readonly Mutant[]): readonly string[] => {
    const [first = [], ...others] = mutants.map((mutant) =>
      coverage.withoutFor(mutant, harnessOf(mutant)),
    );
    return first.filter((id) => others.every((without) => without.includes(id)));
  };
  const survived = new Set(trial.before.map(({ mutant }) => idOf(mutant)));
  const { most, has: isTogether } = trial.together;
  const alone = trial.mutants.filter((mutant) => !isTogether(mutant));
  const groups = groupsOf(trial.mutants.filter(isTogether), most, harnessOf);
  // What few rules come to is soon decided, one way or the other.
  const waiting: Waiting[] = [...alone.map((mutant): Waiting => [mutant]), ...groups]
    .map((mutants) => {
      const isAgain = mutants.some((mutant) => survived.has(idOf(mutant))) ? 1 : 0;
      return { mutants, isAgain, size: mutants.length, left: leftFor(mutants).length };
    })
    .toSorted(
      (one, other) => one.isAgain - other.isAgain || one.size - other.size || other.left - one.left,
    )
    .map(({ mutants }) => mutants);
  const passed = new Map<Waiting, readonly string[]>();
  const attemptOf = (mutants: Waiting): Attempt => {
    const harness = harnessOf(mutants[0]);
    const { deadline, silence } = patienceAfter(sound[harness]);
    const without = [...leftFor(mutants), ...(passed.get(mutants) ?? slow[harness] ?? [])];
    const first = order.idsFor(mutants[0], without);
    return {
      task: { harness, first, without, seed, deadline },
      replaced: replacedBy(mutants, trial.texts),
      silence,
    };
  };
  const answerTo = async (mutants: Waiting): Promise<Answer> => {
    const first = attemptOf(mutants);
    if (first.task.first.length === 0) return NOTHING_TO_ASK;
    return places.with(async (attempts) => {
      const { answer } = await attempts.put(first);
      // What no rule has seen may be the machine's doing: it has to come to the same again.
      return isSeen(answer) ? answer : (await attempts.putFirst(attemptOf(mutants))).answer;
    });
  };
  const found = async (mutant: Mutant, answer: Tried['answer']): Promise<void> => {
    const one: Tried = { mutant, answer };
    tried.push(one);
    await trial.onTried(one, tried);
  };
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [mutant] = next;
      const answer = await answerTo(next);
      if (answer.kind === 'absent' || answer.kind === 'covered')
        throw new Error(`${target.name}: ${mutant.file}: ${JSON.stringify(answer)}`);
      if (answer.kind === 'survived' && !passed.has(next)) {
        // What takes long is put to it when the others have had what is quick.
        passed.set(next, Object.keys(answer.times));
        waiting.push(next);
      } else if (answer.kind === 'survived') {
        const { unheard } = answer;
        const beside = next.length === 1 ? {} : { beside: next.length - 1 };
        for (const each of next) await found(each, { kind: 'survived', unheard, ...beside });
      } else if (next.length === 1) {
        if (answer.kind === 'killed') order.killed(mutant, answer.by);
        await found(mutant, answer);
      } else {
        // One of them: which, is looked for in halves.
        if (answer.kind === 'killed') for (const each of next) order.killed(each, answer.by);
        waiting.unshift(...halvesOf(next));
      }
    }
  };
  await Promise.all(Array.from({ length: trial.workers }, worker));
  return tried;
}

const NOTHING_TO_ASK: Answer = { kind: 'survived', times: {}, unheard: [] };

const ids: ReadonlySet<string> = new Set(rules.map(({ id }) => id));

/** Whether a rule says so, or all of them. */
function isSeen(answer: Answer): boolean {
  return !('by' in answer) || ids.has(answer.by);
}
