import { attempt } from './attempt.ts';
import type { Answer } from './child/messages.ts';
import { urlOf } from './gather.ts';
import { type Mutant, mutated } from './mutant.ts';
import { type Server, Servers } from './server.ts';
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
  await using servers = await Servers.of(trial.target);
  const { target, seed } = trial;
  const harnessOf = ({ file }: Mutant): string =>
    target.sources.find((source) => source.file === file)?.harness ?? target.harness;
  const order = new RuleOrder();
  for (const harness of new Set(trial.mutants.map(harnessOf))) {
    const sound = await servers.with((server) =>
      attempt({ harness, first: order.ids, seed }, undefined, server),
    );
    if (sound.kind === 'absent') return { absent: sound.reason };
    if (sound.kind !== 'survived') {
      throw new Error(
        `${target.name} breaks ${sound.by} without a mistake: ${sound.fault}. Mend that first: a mutant would show nothing.`,
      );
    }
    order.took(sound.times);
  }
  const tried: Tried[] = [];
  const waiting = [...trial.mutants];
  const tryOne = async (mutant: Mutant, server: Server | undefined): Promise<Answer> =>
    attempt(
      { harness: harnessOf(mutant), first: order.idsFor(mutant.file), seed },
      {
        url: urlOf(mutant.file).href,
        source: mutated(trial.texts.get(mutant.file) ?? '', mutant),
      },
      server,
    );
  const worker = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const of = mutant;
      const answer = await servers.with((server) => tryOne(of, server));
      if (answer.kind === 'absent') throw new Error(`${target.name}: ${answer.reason}`);
      if (answer.kind === 'killed') order.killed(mutant.file, answer.by);
      const one = { mutant, answer };
      tried.push(one);
      await trial.onTried(one, tried);
    }
  };
  await Promise.all(Array.from({ length: trial.workers }, worker));
  return tried;
}

/**
 * What has caught the most mutants of that file comes first, then the most of any, then what is quick:
 * most mutants then die within a second.
 */
class RuleOrder {
  #times: Readonly<Record<string, number>> = {};
  readonly #kills = new Map<string, number>();

  get ids(): readonly string[] {
    return this.idsFor('');
  }

  /** Milliseconds that each rule takes on the store as it is. */
  took(times: Readonly<Record<string, number>>): void {
    this.#times = times;
  }

  idsFor(file: string): readonly string[] {
    const score = (id: string): number =>
      1_000 * (this.#kills.get(`${file} ${id}`) ?? 0) + (this.#kills.get(id) ?? 0);
    return Object.keys(this.#times).toSorted(
      (one, other) =>
        score(other) - score(one) || (this.#times[one] ?? 0) - (this.#times[other] ?? 0),
    );
  }

  killed(file: string, id: string): void {
    for (const name of [id, `${file} ${id}`]) {
      this.#kills.set(name, (this.#kills.get(name) ?? 0) + 1);
    }
  }
}
