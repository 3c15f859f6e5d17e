import type { Mutant } from './mutant.ts';

/** Milliseconds that any rule costs, besides what it takes. */
const LEAST = 20;

/**
 * First comes what has caught the most mutants of that function for its time, then of that file, then
 * of any, then what is quick: most mutants then die within a second.
 */
export class RuleOrder {
  readonly #times: Record<string, number> = {};
  readonly #kills = new Map<string, number>();

  /** Milliseconds that each rule takes on the store as it is, with one harness after the other. */
  took(times: Readonly<Record<string, number>>): void {
    Object.assign(this.#times, times);
  }

  /** @param without ids of rules that are not put to it */
  idsFor(
    { file, in: within }: Pick<Mutant, 'file' | 'in'>,
    without: readonly string[],
  ): readonly string[] {
    const score = (id: string): number => {
      const kills = [`${file} ${within} ${id}`, `${file} ${id}`, id].reduce(
        (sum, name) => 100 * sum + (this.#kills.get(name) ?? 0),
        0,
      );
      return (kills + 0.01) / (LEAST + (this.#times[id] ?? 0));
    };
    const left = new Set(without);
    const scores = Object.keys(this.#times)
      .filter((id) => !left.has(id))
      .map((id) => ({ id, score: score(id) }));
    return scores.toSorted((one, other) => other.score - one.score).map(({ id }) => id);
  }

  killed({ file, in: within }: Pick<Mutant, 'file' | 'in'>, id: string): void {
    for (const name of [id, `${file} ${id}`, `${file} ${within} ${id}`]) {
      this.#kills.set(name, (this.#kills.get(name) ?? 0) + 1);
    }
  }
}
