import { createIdempotencyKey } from './key.ts';

/** What the client takes from where it runs: clocks, timers, chance. A test puts its own in place. */
export interface ClientRuntime {
  /** Milliseconds, with fractions. Only differences mean anything. */
  now(): number;
  /** Milliseconds since 1970, for a `Retry-After` date with no `Date` beside it. */
  date(): number;
  /** Calls `fire` after `delay` milliseconds, up to 2^31-1; what it returns cancels that. */
  setTimeout(fire: () => void, delay: number): () => void;
  /** From 0 up to but without 1. */
  random(): number;
  /** A new idempotency key. */
  createKey(): string;
}

/** The globals, looked up at each call, so that fake timers drive it. */
export const globalRuntime: ClientRuntime = {
  now: () => performance.now(),
  date: () => Date.now(),
  setTimeout: (fire, delay) => {
    const handle = setTimeout(fire, delay);
    return () => clearTimeout(handle);
  },
  random: () => Math.random(),
  createKey: createIdempotencyKey,
};
