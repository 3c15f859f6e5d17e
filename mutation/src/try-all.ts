import type { Answer, Task } from './child/messages.ts';
import { urlOf } from './gather.ts';
import { type Mutant, mutated } from './mutant.ts';
import { RuleOrder } from './rule-order.ts';
import { Servers } from './server.ts';
import { Soundness } from './soundness.ts';
import type { Target } from './targets.ts';
import type { Tried } from './tried.ts';

export interface Trial {
  readonly target: Target;
  readonly texts: ReadonlyMap<string, string>;
  readonly mutants: readonly Mutant[];
  /** What earlier runs found, of whichever target: which rules are worth being put first. */
  readonly earlier: readonly Tried[];
  readonly seed: number;
  /** How many processes at once. */
  readonly workers: number;
  /** Milliseconds for one mutant, on a server too slow for the whole contract; undefined for no end. */
  readonly patience: number | undefined;
  onTried(tried: Tried, soFar: readonly Tried[]): Promise<void>;
  /** It passed so many rules in the time that it had. */
  onUndecided(mutant: Mutant, passed: number): void;
}

/**
 * Puts the contract to each mutant, in a process of its own. The store must keep without a mistake what
 * catches one: the whole contract is put to it first, or, where there is no patience for that, each rule
 * that has caught something. Answers why not to try where there is no backend.
 */
export async function tryAll(
  trial: Trial,
): Promise<readonly Tried[] | { readonly absent: string }> {
  await using servers = await Servers.of(trial.target);
  const { target, seed, patience } = trial;
  const order = new RuleOrder(trial.earlier);
  const soundness = new Soundness(servers);
  const taskFor = (file: string, harness: string): Task => ({
    ...{ harness, seed, patience, first: order.idsFor(file), without: soundness.broken },
  });
  if (patience === undefined) {
    for (const harness of new Set(trial.mutants.map((mutant) => harnessOf(target, mutant)))) {
      const sound = await servers.with(({ attempts }) =>
        attempts.put(taskFor('', harness), undefined),
      );
      if (sound.kind === 'absent') return { absent: sound.reason };
      if (sound.kind === 'killed' || sound.kind === 'refused') throw unsound(target, sound);
      if (sound.kind === 'survived') order.took(sound.times);
    }
    soundness.proved(order.idsFor(''));
  }
  const tried: Tried[] = [];
  const waiting = [...trial.mutants];
  const put = async (mutant: Mutant): Promise<Answer> => {
    const task = taskFor(mutant.file, harnessOf(target, mutant));
    const source = mutated(trial.texts.get(mutant.file) ?? '', mutant);
    const replaced = { url: urlOf(mutant.file).href, source };
    const answer = await servers.with(({ attempts }) => attempts.put(task, replaced));
    const isSound = answer.kind !== 'killed' || (await soundness.keeps(answer.by, task));
    return isSound ? answer : put(mutant);
  };
  const worker = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const answer = await put(mutant);
      if (answer.kind === 'absent') throw new Error(`${target.name}: ${answer.reason}`);
      if (answer.kind === 'undecided') {
        trial.onUndecided(mutant, answer.passed);
        continue;
      }
      if (answer.kind === 'killed') order.killed(mutant.file, answer.by);
      const one = { mutant, answer };
      tried.push(one);
      await trial.onTried(one, tried);
    }
  };
  await Promise.all(Array.from({ length: trial.workers }, worker));
  return tried;
}

function harnessOf({ sources, harness }: Target, { file }: Mutant): string {
  return sources.find((source) => source.file === file)?.harness ?? harness;
}

function unsound(
  target: Target,
  { by, fault }: { readonly by: string; readonly fault: string },
): Error {
  return new Error(
    `${target.name} breaks ${by} without a mistake: ${fault}. Mend that first: a mutant would show nothing.`,
  );
}
