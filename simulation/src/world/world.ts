import type { Chance } from '../chance.ts';
import { Trace } from './trace.ts';

/** Whoever things happen to: while it is stalled they wait, and once it is dead they never happen. */
export interface Owner {
  readonly name: string;
  readonly alive: boolean;
  readonly stalledUntil: number;
}

/** Something that is going to happen. */
export interface Happening {
  readonly at: number;
  readonly owner: Owner | undefined;
  readonly kind: 'timer' | 'message' | 'plan';
  readonly what: string;
  readonly run: () => void;
  /** The network loses it; what its receiver then sees, happens instead. */
  readonly lose?: () => void;
}

/** Chooses what happens next, and may move the clock. */
export type Order = (pending: readonly Happening[], world: World) => Happening | undefined;

/** A rule was broken. */
export interface Failure {
  readonly check: string;
  readonly message: string;
}

const MOST_HAPPENINGS = 6_000;
const MOST_WORK = 10_000;

/** Virtual time, and everything that is going to happen in it. */
export class World {
  now = 0;
  readonly chance: Chance;
  readonly trace: Trace;
  failure: Failure | undefined;
  #pending: Happening[] = [];
  #work = 0;
  readonly #order: Order;

  constructor(chance: Chance, order: Order, traced: boolean) {
    this.chance = chance;
    this.#order = order;
    this.trace = new Trace(traced);
  }

  get pending(): readonly Happening[] {
    return this.#pending;
  }

  schedule(happening: Happening): Happening {
    this.#pending.push(happening);
    return happening;
  }

  cancel(happening: Happening): void {
    const index = this.#pending.indexOf(happening);
    if (index >= 0) this.#pending.splice(index, 1);
  }

  say(who: string, words: () => string): void {
    this.trace.say(this.now, who, words);
  }

  /** The first failure counts: what follows it may be its consequence. */
  fail(check: string, message: string): void {
    if (this.failure !== undefined) return;
    this.failure = { check, message };
    this.say('check', () => `BROKEN: ${check}: ${message}`);
  }

  /** Something is done in this turn of the event loop: what spins in it would never let the next begin. */
  works(): void {
    this.#work += 1;
    if (this.#work <= MOST_WORK) return;
    this.fail('comes to rest', 'the event loop is spinning');
    throw new Error('spinning');
  }

  /** Until nothing is left to happen, or a rule is broken. */
  async run(): Promise<void> {
    for (let count = 0; this.failure === undefined; count++) {
      this.#pending = this.#pending.filter(({ owner }) => owner?.alive !== false);
      const next = this.#order(this.#pending, this);
      if (next === undefined) return;
      if (count > MOST_HAPPENINGS) {
        this.fail('comes to rest', `things go on happening; the next: ${next.what}`);
        return;
      }
      this.cancel(next);
      this.#work = 0;
      next.run();
      await turn();
    }
  }
}

/** In order of time; at the same instant, by chance. After a stall everything missed is due at once. */
export const byTime: Order = (pending, world) => {
  let earliest = Number.POSITIVE_INFINITY;
  let due: Happening[] = [];
  for (const happening of pending) {
    const at = Math.max(happening.at, happening.owner?.stalledUntil ?? 0);
    if (at < earliest) {
      earliest = at;
      due = [];
    }
    if (at === earliest) due.push(happening);
  }
  if (due.length === 0) return undefined;
  world.now = Math.max(world.now, earliest);
  return due.length === 1 ? due[0] : due[world.chance.below(due.length)];
};

/** Every promise that can settle has, and its rejection was reported if nobody handled it. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
