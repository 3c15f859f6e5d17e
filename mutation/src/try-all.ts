import { attempt } from './attempt.ts';
import type { Answer } from './child/messages.ts';
import { urlOf } from './gather.ts';
import { type Mutant, mutated } from './mutant.ts';
import type { Target } from './targets.ts';

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
  const sound = await attempt({ harness: target.harness, first: [], seed }, undefined);
  if (sound.kind === 'absent') return { absent: sound.reason };
  if (sound.kind === 'killed') {
    throw new Error(
      `${target.name} breaks ${sound.by} without a mistake: ${sound.fault}. Mend that first: a mutant would show nothing.`,
    );
  }
  const order = new RuleOrder(sound.times);
  const tried: Tried[] = [];
  const waiting = [...trial.mutants];
  const worker = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const answer = await attempt(
        { harness: target.harness, first: order.ids, seed },
        {
          url: urlOf(mutant.file).href,
          source: mutated(trial.texts.get(mutant.file) ?? '', mutant),
        },
      );
      if (answer.kind === 'absent') throw new Error(`${target.name}: ${answer.reason}`);
      if (answer.kind === 'killed') order.killed(answer.by);
      const one = { mutant, answer };
      tried.push(one);
      await trial.onTried(one, tried);
    }
  };
  await Promise.all(Array.from({ length: trial.workers }, worker));
  return tried;
}

/** What has caught the most comes first, then what is quick: most mutants then die within a second. */
class RuleOrder {
  readonly #times: Readonly<Record<string, number>>;
  readonly #kills = new Map<string, number>();

  constructor(times: Readonly<Record<string, number>>) {
    this.#times = times;
  }

  get ids(): readonly string[] {
    return Object.keys(this.#times).toSorted(
      (one, other) =>
        (this.#kills.get(other) ?? 0) - (this.#kills.get(one) ?? 0) ||
        (this.#times[one] ?? 0) - (this.#times[other] ?? 0),
    );
  }

  killed(id: string): void {
    this.#kills.set(id, (this.#kills.get(id) ?? 0) + 1);
  }
}
