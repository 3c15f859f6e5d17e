import { setImmediate, setTimeout as setTimeoutOfNode } from 'node:timers';
import { createToken } from '../contract/token.ts';

/**
 * What an executor takes from its process: a clock, timers, chance. The simulation puts its own in
 * place, so that a seed says all that happens.
 */
export interface Runtime {
  /** Milliseconds, with fractions. Only differences mean anything. */
  now(): number;
  /** Calls `fire` after `delay` milliseconds, 1 to 2^31-1. */
  setTimeout(fire: () => void, delay: number): RuntimeTimer;
  clearTimeout(timer: RuntimeTimer): void;
  /** Whether turns of the event loop mean anything now: where time is mocked, or simulated, they do not. */
  readonly hasTurns?: boolean;
  /** Calls back when what is ready to run in this turn of the event loop has run. */
  afterTurn?(settle: () => void): void;
  /** From 0 up to but without 1. */
  random(): number;
  /** A token for one claim; never the same twice. */
  createToken(): string;
}

/** Keeps the process alive until it has fired, unless it is unref'd. */
export interface RuntimeTimer {
  ref(): unknown;
  unref(): unknown;
  /** True when it may never fire: the timers of the process were mocked, or restored, since. */
  readonly isLost?: boolean;
}

/** A timer of this process, ended as it was made. Some fake timers hand out plain numbers. */
class SystemTimer implements RuntimeTimer {
  readonly #setTimeout = globalThis.setTimeout;
  readonly #clearTimeout = globalThis.clearTimeout;
  readonly #handle: NodeJS.Timeout | number;

  constructor(fire: () => void, delay: number) {
    this.#handle = setTimeout(fire, delay);
  }

  get isLost(): boolean {
    return globalThis.setTimeout !== this.#setTimeout;
  }

  ref(): void {
    if (typeof this.#handle === 'object') this.#handle.ref?.();
  }

  unref(): void {
    if (typeof this.#handle === 'object') this.#handle.unref?.();
  }

  cancel(): void {
    const clear = this.#clearTimeout;
    clear(this.#handle);
  }
}

/** This process. Its globals are looked up at each call, so that fake timers drive it. */
export const systemRuntime: Runtime = {
  now: () => performance.now(),
  setTimeout: (fire, delay) => new SystemTimer(fire, delay),
  clearTimeout: (timer) => {
    if (timer instanceof SystemTimer) timer.cancel();
  },
  get hasTurns() {
    return globalThis.setTimeout === setTimeoutOfNode;
  },
  afterTurn: (settle) => void setImmediate(settle),
  random: () => Math.random(),
  createToken,
};
