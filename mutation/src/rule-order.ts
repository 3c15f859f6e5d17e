import type { Tried } from './tried.ts';

/**
 * What has caught the most mutants of that file comes first, then the most of any, then what is quick:
 * most mutants then die within a second. Files of one name in two adapters hold the same operations.
 */
export class RuleOrder {
  readonly #times = new Map<string, number>();
  readonly #kills = new Map<string, number>();

  /** Knows what earlier runs found, of whichever target. */
  constructor(earlier: readonly Tried[]) {
    for (const { mutant, answer } of earlier) {
      if (answer.kind === 'killed') this.killed(mutant.file, answer.by);
      if (answer.kind === 'survived') this.took(answer.times);
    }
  }

  /** Milliseconds that rules take that pass. */
  took(times: Readonly<Record<string, number>>): void {
    for (const [id, time] of Object.entries(times)) this.#times.set(id, time);
  }

  killed(file: string, id: string): void {
    for (const name of [id, `${nameOf(file)} ${id}`]) {
      this.#kills.set(name, (this.#kills.get(name) ?? 0) + 1);
    }
  }

  /** The ids of all rules that are known, the most promising first. */
  idsFor(file: string): readonly string[] {
    const name = nameOf(file);
    const score = (id: string): number =>
      1_000 * (this.#kills.get(`${name} ${id}`) ?? 0) + (this.#kills.get(id) ?? 0);
    const time = (id: string): number => this.#times.get(id) ?? 0;
    const known = new Set([...this.#times.keys(), ...this.#kills.keys()]);
    return [...known]
      .filter((id) => !id.includes(' '))
      .toSorted((one, other) => score(other) - score(one) || time(one) - time(other));
  }
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
