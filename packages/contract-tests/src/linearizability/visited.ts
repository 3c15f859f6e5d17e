import type { Met } from './states.ts';

/** A point of the search: so much of the history is over, this was done of what is under way. */
export interface Point<State> {
  /** How many calls have come to their end. */
  readonly level: number;
  readonly met: Met<State>;
  /** Calls under way that are done already, ascending: those that must be, and those that need not. */
  readonly required: readonly number[];
  readonly optional: readonly number[];
}

type Entry<State> = Pick<Point<State>, 'met' | 'required' | 'optional'>;

/** The points that were tried. */
export class Visited<State> {
  readonly #levels: Map<string, Entry<State>[]>[] = [];
  #size = 0;

  /** How many are remembered. */
  get size(): number {
    return this.#size;
  }

  /**
   * False when the point, or one that allows whatever it allows, was tried before: the same state,
   * with fewer done of what need not be done at all.
   */
  add({ level, met, required, optional }: Point<State>): boolean {
    const here = this.#levels[level] ?? new Map<string, Entry<State>[]>();
    this.#levels[level] = here;
    const name = `${met.id} ${required.join()}`;
    const known = here.get(name);
    const isKnown = known?.some(
      (one) => one.met.bound <= met.bound && isSubset(one.optional, optional),
    );
    if (isKnown === true) return false;
    this.#size += 1;
    const entry = { met, required, optional };
    if (known === undefined) here.set(name, [entry]);
    else known.push(entry);
    return true;
  }

  /** The states that were met with so many calls over and none of the others done that had to be. */
  quietStates(level: number): State[] {
    const entries = [...(this.#levels[level]?.values() ?? [])].flat();
    const quiet = entries.filter(({ required }) => required.length === 0);
    return [...new Set(quiet.map(({ met }) => met))].map(({ state }) => state);
  }
}

/** Both ascending. */
function isSubset(one: readonly number[], other: readonly number[]): boolean {
  if (one.length > other.length) return false;
  let place = 0;
  for (const call of one) {
    while ((other[place] ?? call) < call) place += 1;
    if (other[place] !== call) return false;
    place += 1;
  }
  return true;
}
