import { Deadlines, type Timed } from './deadlines.ts';
import { type Runtime, type RuntimeTimer, systemRuntime } from './runtime.ts';

/** The longest delay `setTimeout` keeps; a longer one fires at once (Node.js: timers, `TIMEOUT_MAX`). */
const LONGEST_DELAY = 2_147_483_647;

/** `setTimeout` rounds to whole milliseconds, and may fire up to one too early. */
const EARLY = 1;

/** Ends what was started. May be called again. */
export type Cancel = () => void;

/** Something that is due at a time. It is in at most one queue, once. */
export abstract class Timer implements Timed {
  deadline = 0;
  slot = -1;
  /** Whether the process must not end before. */
  abstract readonly keepsAlive: boolean;
  /** Called when its time has come; it is no longer queued then. */
  abstract due(): void;
}

/**
 * Everything that is due in this process, behind one `setTimeout`: ten thousand leases are ten
 * thousand places in a heap, not ten thousand timers.
 *
 * It has a clock of its own, which never falls behind the timers that have fired: with `performance`
 * mocked and standing still, what was due after a second is due after a second.
 */
export class Timers {
  readonly #runtime: Runtime;
  readonly #queue: Deadlines<Timer> = new Deadlines();
  #handle: RuntimeTimer | undefined;
  #firesAt = Number.POSITIVE_INFINITY;
  #keptAliveBy = 0;
  #ahead = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Milliseconds, with fractions. Only differences mean anything. */
  now(): number {
    return this.#runtime.now() + this.#ahead;
  }

  /** Queues the timer, or moves it. */
  set(timer: Timer, at: number): void {
    if (timer.slot < 0) {
      timer.deadline = at;
      this.#queue.add(timer);
      if (timer.keepsAlive && ++this.#keptAliveBy === 1) this.#handle?.ref();
    } else {
      this.#queue.move(timer, at);
    }
    if (at < this.#firesAt || this.#handle?.isLost === true) this.#arm();
  }

  clear(timer: Timer): void {
    if (timer.slot < 0) return;
    this.#remove(timer);
    // With others left, it may fire for nothing, once: cheaper than setting it anew for each.
    if (this.#queue.size === 0) this.#disarm();
  }

  /** Calls `fire` after `delay` milliseconds, however long that is. */
  start(delay: number, keepsAlive: boolean, fire: () => void): Cancel {
    const alarm = new Alarm(keepsAlive, fire);
    this.set(alarm, this.now() + delay);
    return () => this.clear(alarm);
  }

  /** Resolves after `delay` milliseconds, keeping the process alive; rejects with the signal's reason once it is aborted. */
  pause(delay: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const abort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.start(delay, true, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  #remove(timer: Timer): void {
    this.#queue.delete(timer);
    if (timer.keepsAlive && --this.#keptAliveBy === 0) this.#handle?.unref();
  }

  /** For whatever is due first. */
  #arm(): void {
    this.#disarm();
    const first = this.#queue.first();
    if (first === undefined) return;
    const now = this.now();
    const delay = Math.min(LONGEST_DELAY, Math.max(1, Math.ceil(first.deadline - now)));
    this.#firesAt = now + delay;
    const handle = this.#runtime.setTimeout(() => {
      if (this.#handle === handle) this.#fire();
    }, delay);
    this.#handle = handle;
    if (this.#keptAliveBy === 0) handle.unref();
  }

  #disarm(): void {
    if (this.#handle !== undefined) this.#runtime.clearTimeout(this.#handle);
    this.#handle = undefined;
    this.#firesAt = Number.POSITIVE_INFINITY;
  }

  #fire(): void {
    const behind = this.#firesAt - this.now();
    if (behind > EARLY) this.#ahead += behind;
    this.#handle = undefined;
    this.#firesAt = Number.POSITIVE_INFINITY;
    const limit = this.now() + EARLY;
    let first = this.#queue.first();
    try {
      while (first !== undefined && first.deadline < limit) {
        this.#remove(first);
        first.due();
        first = this.#queue.first();
      }
    } finally {
      // Also when one throws: where that ends no process, the others are due all the same.
      first = this.#queue.first();
      if (first !== undefined && first.deadline < this.#firesAt) this.#arm();
    }
  }
}

class Alarm extends Timer {
  readonly keepsAlive: boolean;
  readonly due: () => void;

  constructor(keepsAlive: boolean, due: () => void) {
    super();
    this.keepsAlive = keepsAlive;
    this.due = due;
  }
}

/** The timers of this process. */
export const systemTimers: Timers = new Timers(systemRuntime);
