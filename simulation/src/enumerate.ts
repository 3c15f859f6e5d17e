import { Chance } from './chance.ts';
import { type Outcome, play } from './simulate.ts';
import type { Core } from './story/host.ts';
import type { PlannedCall, Story } from './story/story.ts';
import { Process } from './world/process.ts';
import type { Happening, Order, World } from './world/world.ts';

/** The choices of one run, in order: what they lead to is a function of them. */
export type Tape = readonly number[];

interface Choice {
  readonly taken: number;
  readonly of: number;
}

/** What an enumeration found. */
export interface Enumerated {
  readonly count: number;
  readonly failed: { readonly tape: Tape; readonly outcome: Outcome } | undefined;
}

const LEASE = 1_000;

/**
 * Two processes on one key: one call in the first, one in the second that waits, and at some time
 * another in the first. Messages arrive in any order; at most one answer is lost, one process crashes and starts
 * again, and one lease lapses. Up to `depth` choices every way to choose is tried; after them the
 * oldest message arrives first and nothing goes wrong.
 */
export async function enumerate(
  core: Core,
  transactional: boolean,
  depth: number,
  progress: (count: number) => void = () => {},
): Promise<Enumerated> {
  let tape: Tape | undefined = [];
  let count = 0;
  while (tape !== undefined) {
    const { outcome, choices } = await playTape(core, transactional, tape, depth, false);
    count += 1;
    progress(count);
    if (outcome.failure !== undefined) {
      const failing = choices.map(({ taken }) => taken);
      const traced = await playTape(core, transactional, failing, depth, true);
      return { count, failed: { tape: failing, outcome: traced.outcome } };
    }
    tape = nextTape(choices);
  }
  return { count, failed: undefined };
}

/** The next in the order of a depth-first walk. */
function nextTape(choices: readonly Choice[]): Tape | undefined {
  for (let last = choices.length - 1; last >= 0; last--) {
    const choice = choices[last];
    if (choice === undefined || choice.taken + 1 >= choice.of) continue;
    return [...choices.slice(0, last).map(({ taken }) => taken), choice.taken + 1];
  }
  return undefined;
}

async function playTape(
  core: Core,
  transactional: boolean,
  tape: Tape,
  depth: number,
  traced: boolean,
): Promise<{ readonly outcome: Outcome; readonly choices: readonly Choice[] }> {
  const choices: Choice[] = [];
  const choose = (of: number): number => {
    if (of === 1 || choices.length >= depth) return 0;
    const taken = tape[choices.length] ?? 0;
    choices.push({ taken, of });
    return taken;
  };
  // The last of every draw is the one in which nothing happens.
  const quiet = new Chance((n) => n - 1);
  const outcome = await play(core, story(transactional), quiet, anyOrder(choose), traced);
  return { outcome, choices };
}

/** Any message may be next, or a misfortune of which each comes once at most. */
function anyOrder(choose: (of: number) => number): Order {
  let losses = 1;
  let crashes = 1;
  let lapses = 1;
  const order: Order = (pending, world) => {
    const due = pending.filter(({ at }) => at <= world.now);
    if (due.length === 0) return wait(pending, world, order);
    const opening = due.find(({ at }) => at < 0);
    if (opening !== undefined) return opening;
    const lossy = losses > 0 ? due.filter(({ lose }) => lose !== undefined) : [];
    const mortal = crashes > 0 ? owners(due) : [];
    const holds = lapses > 0 && pending.some(({ kind }) => kind === 'timer');
    let chosen = choose(due.length + lossy.length + mortal.length + (holds ? 1 : 0));
    if (chosen < due.length) return due[chosen];
    chosen -= due.length;
    const lost = lossy[chosen];
    if (lost !== undefined) {
      losses -= 1;
      world.cancel(lost);
      return { ...lost, what: `${lost.what} is lost`, run: lost.lose ?? lost.run };
    }
    chosen -= lossy.length;
    const process = mortal[chosen];
    if (process !== undefined) {
      crashes -= 1;
      return crash(process, world);
    }
    lapses -= 1;
    world.now += LEASE + 1;
    world.say('clock', () => 'a lease passes');
    return order(world.pending, world);
  };
  return order;
}

/** Nothing is due: time passes until something is. */
function wait(pending: readonly Happening[], world: World, order: Order): Happening | undefined {
  if (pending.length === 0) return undefined;
  world.now = Math.min(...pending.map(({ at }) => at));
  return order(pending, world);
}

function owners(due: readonly Happening[]): readonly Process[] {
  const found = new Set<Process>();
  for (const { owner } of due) if (owner instanceof Process) found.add(owner);
  return [...found];
}

function crash(process: Process, world: World): Happening {
  return {
    at: world.now,
    owner: undefined,
    kind: 'plan',
    what: `${process.name} crashes`,
    run: () => process.crash(),
  };
}

function story(transactional: boolean): Story {
  const call = (id: string, host: string, wait: number, at: number): PlannedCall => ({
    id,
    host,
    key: 'k',
    at,
    wait,
    fingerprint: undefined,
    abortsAfter: undefined,
    script: { duration: 0, ends: 'returns', heedsAbort: false, blocks: false, deadlocks: 0 },
  });
  return {
    lease: LEASE,
    ttl: 100 * LEASE,
    maxHold: 10 * LEASE,
    recordTimeout: 10 * LEASE,
    transactional,
    wakes: false,
    holds: undefined,
    hosts: ['A', 'B'],
    calls: [call('call1', 'A', 0, -1), call('call2', 'B', 2 * LEASE, -1), call('call3', 'A', 0, 0)],
    stalls: [],
    crashes: [],
    removals: [],
    weather: {
      faults: 0,
      clearsAt: 0,
      slowest: 0,
      slowestClaim: 0,
      down: undefined,
      losesRenewal: false,
      partitions: new Map(),
      broken: false,
    },
    commitFaults: 0,
    calm: false,
  };
}
