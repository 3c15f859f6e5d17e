import { isExclusive, rules } from '@idem/contract-tests';
import type { Mutant } from './mutant.ts';

/** Milliseconds that any rule costs, besides what it takes. */
const LEAST = 20;

/**
 * First comes what has caught the most mutants of that function for its time, then of that file, then
 * of any, then of another store, then what is quick: most mutants then die within a second.
 */
export class RuleOrder {
  readonly #times: Record<string, number> = {};
  readonly #kills = new Map<string, number>();
  /** Mutants of other stores. */
  readonly #elsewhere = new Map<string, number>();

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
      const elsewhere = (this.#elsewhere.get(id) ?? 0) / 10;
      return (kills + elsewhere + 0.01) / (LEAST + (this.#times[id] ?? 0));
    };
    const left = new Set(without);
    const scores = Object.keys(this.#times)
      .filter((id) => !left.has(id))
      .map((id) => ({ id, score: score(id) }));
    return scores.toSorted((one, other) => other.score - one.score).map(({ id }) => id);
  }

  /** A rule that has caught a mutant of another store: as good as any to begin with. */
  killedElsewhere(id: string): void {
    this.#elsewhere.set(id, (this.#elsewhere.get(id) ?? 0) + 1);
  }

  killed({ file, in: within }: Pick<Mutant, 'file' | 'in'>, id: string): void {
    for (const name of [id, `${file} ${id}`, `${file} ${within} ${id}`]) {
      this.#kills.set(name, (this.#kills.get(name) ?? 0) + 1);
    }
  }
}

/** Of the time that all rules take, what the quick ones take together: most of them are. */
const QUICK = 0.1;

/** Ids of the rules that take most of the time, and of those beside which nothing may run. */
export function slowOf(times: Readonly<Record<string, number>>): readonly string[] {
  const entries = Object.entries(times).toSorted(([, one], [, other]) => one - other);
  const alone = new Set(rules.filter(isExclusive).map(({ id }) => id));
  let left = QUICK * entries.reduce((sum, [, time]) => sum + time, 0);
  return entries.flatMap(([id, time]) => {
    left -= time;
    return left < 0 || alone.has(id) ? [id] : [];
  });
}
