import { absent, type BackendClock, type Harness } from '@idem/contract-tests';
import type { IdempotencyStore } from '@idem/core';
import { type Backend, ReferenceStore } from './reference-store.ts';

/** A store with one realistic mistake, and the rules that must find it. */
export interface BrokenStore {
  readonly name: string;
  /** What it does wrong, in a sentence. */
  readonly mistake: string;
  /** The id of each rule that must fail on it, and what the failure must say. */
  readonly caughtBy: Readonly<Record<string, RegExp>>;
  harness(): Harness;
}

/** A broken store in the memory of the tests, which can be had with either kind of clock. */
export interface BrokenInMemory extends BrokenStore {
  /** The same store with a clock that runs; `harness` drives it. */
  running(): Harness;
}

export type StoreClass = new (backend: Backend) => IdempotencyStore;

/** A broken store over memory, with a driven clock. */
export function broken(
  name: string,
  mistake: string,
  caughtBy: Readonly<Record<string, RegExp>>,
  Store: StoreClass,
): BrokenInMemory {
  const [harness, running] = [() => memoryHarness(name, Store), () => runningHarness(name, Store)];
  return { name, mistake, caughtBy, harness, running };
}

/** A driven clock and a map: what one store class needs to be put to the rules. */
export function memoryHarness(name: string, Store: StoreClass = ReferenceStore): Harness {
  return onClock(name, Store, drivenClock());
}

/** The same with a clock that runs and must be waited for; not one that a rule makes wrong. */
export function runningHarness(name: string, Store: StoreClass = ReferenceStore): Harness {
  return onClock(name, Store, runningClock());
}

function onClock(name: string, Store: StoreClass, { now, clock }: TestClock): Harness {
  const backend: Backend = { rows: new Map(), now };
  return { ...others, name, open: async () => new Store(backend), clock };
}

/** A clock as the backend reads it, and as the suite does. */
export interface TestClock {
  readonly now: () => number;
  readonly clock: BackendClock;
}

export function drivenClock(): TestClock {
  let now = Date.UTC(2030, 0, 1);
  const clock: BackendClock = {
    driven: true,
    now: async () => now,
    reach: async (instant) => {
      now = Math.max(now, instant);
    },
  };
  return { now: () => now, clock };
}

const [start, zero] = [Date.now(), process.hrtime.bigint()];

export function runningClock(): TestClock {
  const now = (): number => start + Number(process.hrtime.bigint() - zero) / 1e6;
  const clock: BackendClock = {
    driven: false,
    now: async () => now(),
    reach: async (instant) => {
      while (now() < instant) {
        await new Promise((resolve) => setTimeout(resolve, Math.ceil(instant - now())));
      }
    },
  };
  return { now, clock };
}

/** What a store in the memory of the tests has not. */
export const others = {
  crash: absent('the records end with the process'),
  faults: absent('there is no connection'),
  plant: absent('nothing else can write into this memory'),
  processes: absent('the records are in the memory of one process'),
  transactions: absent('this memory takes part in no transaction'),
};
