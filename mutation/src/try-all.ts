import { rules } from '@idem/contract-tests';
import { attempt } from './attempt.ts';
import type { Answer } from './child/messages.ts';
import { urlOf } from './gather.ts';
import { type Mutant, mutated } from './mutant.ts';
import { PATIENT, patienceAfter } from './patience.ts';
import { RuleOrder } from './rule-order.ts';
import { Servers } from './server.ts';
import { harnessFor, type Target } from './targets.ts';

/** A mutant, and what the contract made of it. */
export interface Tried {
  readonly mutant: Mutant;
  readonly answer: Exclude<Answer, { readonly kind: 'absent' }>;
}

export interface Trial {
  readonly target: Target;
  readonly texts: ReadonlyMap<string, string>;
  readonly mutants: readonly Mutant[];
  readonly seed: number;
  /** How many processes at once. */
  readonly workers: number;
  onTried(tried: Tried, soFar: readonly Tried[]): Promise<void>;
}

/**
 * Puts the contract to each mutant, in a process of its own. The store must keep it without a
 * mistake first; answers why not to try where there is no backend.
 */
export async function tryAll(
  trial: Trial,
): Promise<readonly Tried[] | { readonly absent: string }> {
  const { target, seed } = trial;
  await using servers = await Servers.of(target);
  const harnessOf = (mutant: Mutant): string => harnessFor(target, mutant);
  const order = new RuleOrder();
  const harnesses = [...new Set(trial.mutants.map(harnessOf))];
  const sound = await Promise.all(
    harnesses.map((harness) =>
      servers.with((server) => {
        const task = { harness, first: [], seed, deadline: PATIENT.deadline };
        return attempt({ task, replaced: undefined, server, silence: PATIENT.silence });
      }),
    ),
  );
  for (const { answer } of sound) {
    if (answer.kind === 'absent') return { absent: answer.reason };
    if (answer.kind !== 'survived') {
      throw new Error(
        `${target.name} breaks ${answer.by} without a mistake: ${answer.fault}. Mend that first: a mutant would show nothing.`,
      );
    }
    order.took(answer.times);
  }
  const patience = new Map(harnesses.map((harness, at) => [harness, patienceAfter(sound[at])]));
  const tried: Tried[] = [];
  const waiting = [...trial.mutants];
  const tryOne = async (mutant: Mutant): Promise<Answer> => {
    const harness = harnessOf(mutant);
    const { deadline, silence } = patience.get(harness) ?? PATIENT;
    const task = { harness, first: order.idsFor(mutant.file), seed, deadline };
    const source = mutated(trial.texts.get(mutant.file) ?? '', mutant);
    const replaced = { url: urlOf(mutant.file).href, source };
    const { answer } = await servers.with((server) => attempt({ task, replaced, server, silence }));
    return answer;
  };
  const worker = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      let answer = await tryOne(mutant);
      // What no rule has seen may be the machine's doing: it has to come to the same again.
      if (!isSeen(answer)) answer = await tryOne(mutant);
      if (answer.kind === 'absent')
        throw new Error(`${target.name}: ${answer.reason}: ${mutant.file}`);
      if (answer.kind === 'killed') order.killed(mutant.file, answer.by);
      const one = { mutant, answer };
      tried.push(one);
      await trial.onTried(one, tried);
    }
  };
  await Promise.all(Array.from({ length: trial.workers }, worker));
  return tried;
}

const ids: ReadonlySet<string> = new Set(rules.map(({ id }) => id));

/** Whether a rule says so, or all of them. */
function isSeen(answer: Answer): boolean {
  return answer.kind === 'survived' || answer.kind === 'absent' || ids.has(answer.by);
}
