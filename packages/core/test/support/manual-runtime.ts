import { createToken } from '../../src/contract/token.ts';
import type { Runtime, RuntimeTimer } from '../../src/time/runtime.ts';

class ManualTimer implements RuntimeTimer {
  readonly fire: () => void;
  readonly at: number;
  keepsAlive = true;

  constructor(fire: () => void, at: number) {
    this.fire = fire;
    this.at = at;
  }

  ref(): void {
    this.keepsAlive = true;
  }

  unref(): void {
    this.keepsAlive = false;
  }
}

/** A process whose clock and timers the test moves, and can look into. */
export class ManualRuntime implements Runtime {
  /** What `setTimeout` was asked for and has neither fired nor been cleared. */
  readonly timers: Set<ManualTimer> = new Set();
  /** Every delay that was asked for, in milliseconds. */
  readonly delays: number[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  setTimeout(fire: () => void, delay: number): RuntimeTimer {
    this.delays.push(delay);
    const timer = new ManualTimer(fire, this.#now + delay);
    this.timers.add(timer);
    return timer;
  }

  clearTimeout(timer: RuntimeTimer): void {
    if (timer instanceof ManualTimer) this.timers.delete(timer);
  }

  random(): number {
    return 0.5;
  }

  createToken(): string {
    return createToken();
  }

  /** Whether the process would stay for what is queued. */
  get staysAlive(): boolean {
    return [...this.timers].some((timer) => timer.keepsAlive);
  }

  /** Moves the clock, firing what is due, earliest first. */
  pass(milliseconds: number): void {
    const end = this.#now + milliseconds;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at);
      this.timers.delete(next);
      next.fire();
    }
    this.#now = end;
  }

  /** The clock moves on, and nothing fires: the event loop is blocked. */
  stall(milliseconds: number): void {
    this.#now += milliseconds;
  }

  #next(until: number): ManualTimer | undefined {
    let first: ManualTimer | undefined;
    for (const timer of this.timers) {
      if (timer.at <= until && (first === undefined || timer.at < first.at)) first = timer;
    }
    return first;
  }
}
