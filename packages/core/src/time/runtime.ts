/**
 * What the executor takes from its process: a clock, timers, chance. The simulation puts its own in
 * place, so that a seed says all that happens.
 */
export interface Runtime {
  /** Milliseconds, with fractions; never goes back. Only differences mean anything. */
  now(): number;
  /** As the global `setTimeout`, for delays up to 2^31-1 ms. */
  setTimeout(fire: () => void, delay: number): RuntimeTimer;
  clearTimeout(timer: RuntimeTimer): void;
  /** From 0 up to but without 1. */
  random(): number;
  /** A token for one claim; never the same twice. */
  createToken(): string;
}

/** A timer that has not fired. While a timer that is not unref'd is left, the process stays alive. */
export interface RuntimeTimer {
  ref?(): unknown;
  unref?(): unknown;
}
