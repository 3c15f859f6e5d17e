import { Latch } from '../../support/latch.ts';
import { type Backoff, backoffDelay } from '../../time/backoff.ts';
import { Timer, type Timers } from '../../time/timers.ts';

const BACKOFF: Backoff = { first: 25, longest: 1_000 };
/** Where the store wakes who waits, asking is for what nobody heard. */
const BACKOFF_WATCHING: Backoff = { first: 200, longest: 1_000 };

/** Between two questions to the store: all calls of this process that wait for one key, together. */
export class Pause extends Timer {
  /** Callers wait: the process must not end. */
  readonly keepsAlive = true;
  readonly over: Latch = new Latch();
  readonly #timers: Timers;
  readonly #soonest: number;

  /** @param soonest milliseconds that must pass at least, however urgent it gets */
  constructor(timers: Timers, delay: number, soonest: number) {
    super();
    this.#timers = timers;
    const now = timers.now();
    this.#soonest = now + soonest;
    timers.set(this, now + Math.max(delay, soonest));
  }

  /** Somebody cannot wait for longer than that, by the executor's clock. */
  notAfter(instant: number): void {
    if (instant < this.deadline) this.#timers.set(this, Math.max(instant, this.#soonest));
  }

  /** There is news: it ends now, or as soon as a pause may. */
  hurry(): void {
    if (this.#timers.now() >= this.#soonest) this.end();
    else this.#timers.set(this, this.#soonest);
  }

  end(): void {
    this.#timers.clear(this);
    this.over.open();
  }

  override due(): void {
    this.over.open();
  }
}

/** Milliseconds until the store is asked again, after so many questions in vain. */
export function pauseDelay(fruitless: number, isHeard: boolean, random: () => number): number {
  return backoffDelay(isHeard ? BACKOFF_WATCHING : BACKOFF, fruitless, random);
}
