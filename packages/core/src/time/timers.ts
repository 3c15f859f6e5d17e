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
  #isKeptAlive = false;
  #ahead = 0;
  #isSettling = false;
  readonly #settleLater = (): void => {
    this.#isSettling = false;
    this.#settle();
  };

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
      if (timer.keepsAlive) this.#keptAliveBy += 1;
    } else {
      this.#queue.move(timer, at);
    }
    this.#changed();
  }

  clear(timer: Timer): void {
    if (timer.slot < 0) return;
    this.#remove(timer);
    this.#changed();
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
    if (timer.keepsAlive) this.#keptAliveBy -= 1;
  }

  /** Most of what is queued is taken out again in the same turn: then no timer is set for it. */
  #changed(): void {
    const { hasTurns } = this.#runtime;
    if (this.#isSettling && hasTurns === true) return;
    if (!this.#isOutdated) return;
    if (hasTurns !== true || this.#runtime.afterTurn === undefined) {
      this.#settle();
      return;
    }
    this.#isSettling = true;
    this.#runtime.afterTurn(this.#settleLater);
  }

  get #isOutdated(): boolean {
    const first = this.#queue.first();
    if (first === undefined) return this.#handle !== undefined;
    return (
      first.deadline < this.#firesAt ||
      this.#handle?.isLost === true ||
      this.#isKeptAlive !== this.#keptAliveBy > 0
    );
  }

  #settle(): void {
    const first = this.#queue.first();
    // With others left, it may fire for nothing, once: cheaper than setting it anew for each.
    if (first === undefined) this.#disarm();
    else if (first.deadline < this.#firesAt || this.#handle?.isLost === true) this.#arm(first);
    else this.#keepAlive();
  }

  #keepAlive(): void {
    const isKeptAlive = this.#keptAliveBy > 0;
    if (isKeptAlive === this.#isKeptAlive) return;
    this.#isKeptAlive = isKeptAlive;
    if (isKeptAlive) this.#handle?.ref();
    else this.#handle?.unref();
  }

  #arm(first: Timer): void {
    this.#disarm();
    const now = this.now();
    const delay = Math.min(LONGEST_DELAY, Math.max(1, Math.ceil(first.deadline - now)));
    // What it is set for, and not when it fires: delays are whole milliseconds, and it would seem outdated.
    this.#firesAt = Math.min(first.deadline, now + delay);
    const handle = this.#runtime.setTimeout(() => {
      if (this.#handle === handle) this.#fire();
    }, delay);
    this.#handle = handle;
    this.#isKeptAlive = this.#keptAliveBy > 0;
    if (!this.#isKeptAlive) handle.unref();
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
      this.#settle();
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
