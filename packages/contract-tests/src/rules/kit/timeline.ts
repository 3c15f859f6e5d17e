import { RuleBroken, TooSlow } from '../../engine/signals.ts';
import type { RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { ROUNDING } from './material.ts';

/** Between which instants of the backend's clock something ends: one instant when the clock is driven. */
export interface End {
  readonly earliest: number;
  readonly latest: number;
}

/** What was begun, and when it ends. */
export interface Begun<T> {
  readonly result: T;
  readonly end: End;
}

/** Base durations of the attempts with a running clock, in milliseconds. */
const ATTEMPTS = [200, 800, 3_200, 9_600];

/** With a driven clock time costs nothing; not a round number, so that rounding to seconds shows. */
const DRIVEN = 1_700;

/**
 * The backend's time, for one attempt at a rule. With a driven clock every instant is exact. With
 * one that runs, each step is placed between two readings of it, and only what is certain by them
 * is judged.
 */
export class Timeline {
  readonly #context: RuleContext;
  /** Milliseconds to use for a lease or a ttl that the rule lets end. */
  readonly short: number;

  constructor(context: RuleContext, short: number) {
    this.#context = context;
    this.short = short;
  }

  get driven(): boolean {
    return this.#context.clock.driven;
  }

  /** Does what starts a lease or a ttl of `duration`, and learns when that ends. */
  async begin<T>(duration: number, act: () => Promise<T>): Promise<Begun<T>> {
    const { clock } = this.#context;
    const before = await clock.now();
    const result = await act();
    const after = await clock.now();
    const slack = clock.driven ? 0 : ROUNDING;
    const end = {
      earliest: Math.floor(before) + duration - slack,
      latest: Math.ceil(after) + duration + slack,
    };
    return { result, end };
  }

  /** Does something that says nothing unless it happened before the end, nor does what it found broken. */
  async before<T>(end: End, act: () => Promise<T>): Promise<T> {
    try {
      const result = await act();
      await this.#stillBefore(end);
      return result;
    } catch (error) {
      if (error instanceof RuleBroken) await this.#stillBefore(end);
      throw error;
    }
  }

  async #stillBefore({ earliest }: End): Promise<void> {
    if ((await this.#context.clock.now()) >= earliest) throw new TooSlow();
  }

  /** The last moment before the end: a millisecond, or with a running clock a safe fraction of `short`. */
  async justBefore(end: End): Promise<void> {
    await this.#context.clock.reach(end.earliest - (this.driven ? 1 : this.short / 4));
  }

  /** The first moment at which it has certainly ended: with a driven clock, the very end. */
  async at(end: End): Promise<void> {
    await this.#context.clock.reach(end.latest);
  }

  /** Lets time go on by `milliseconds`. */
  async pass(milliseconds: number): Promise<void> {
    const { clock } = this.#context;
    await clock.reach((await clock.now()) + milliseconds);
  }
}

/** Runs a rule about time, again with longer times when a step that had to come before an end came after it. */
export function timed(
  check: (context: RuleContext, time: Timeline) => Promise<void>,
): (context: RuleContext) => Promise<void> {
  return async (context) => {
    for (const short of context.clock.driven ? [DRIVEN] : ATTEMPTS) {
      try {
        return await check(context, new Timeline(context, short));
      } catch (error) {
        if (!(error instanceof TooSlow)) throw error;
        context.expect.forget();
      }
    }
    const most = ATTEMPTS.at(-1);
    throw new RuleSkipped(
      `the backend was too slow to be judged: a lease of ${most} ms ended between two steps`,
    );
  };
}
