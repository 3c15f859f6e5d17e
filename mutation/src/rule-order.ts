/**
 * What has caught the most mutants of that file comes first, then the most of any, then what is quick:
 * most mutants then die within a second.
 */
export class RuleOrder {
  readonly #times: Record<string, number> = {};
  readonly #kills = new Map<string, number>();

  /** Milliseconds that each rule takes on the store as it is, with one harness after the other. */
  took(times: Readonly<Record<string, number>>): void {
    Object.assign(this.#times, times);
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
