import type { IdempotencyStore } from '@idem/core';
import { backendMarks } from '../../model/clock.ts';
import type { Pause } from '../../model/generate.ts';
import { type Lane, runLanes } from '../../model/lockstep.ts';
import { now } from '../../model/monotonic.ts';
import { freshNames } from '../../model/names.ts';
import { script } from '../../model/script.ts';
import {
  type Lengths,
  looksOf,
  type Move,
  movesOf,
  type Part,
  situationsOf,
  stepsOf,
} from '../../model/situations.ts';
import type { RuleContext } from '../../rule.ts';
import { crash } from './crash.ts';
import { LONG, ROUNDING } from './material.ts';

const CLIENTS = 3;
/** How often time passes for a key, at the most. */
const PASSAGES = 3;
/** Milliseconds of a time that ends meanwhile: with a driven clock, and at least and at most with one that runs. */
const DRIVEN = 7;
const SHORTEST = 150;
const LONGEST = 3_000;
/** For how many operations at once what is to hold must hold. */
const AT_ONCE = 2_000;
/** Milliseconds that it may take, operations of a lane, and lanes of a backend that is slower still. */
const PATIENCE = 8_000;
const STEPS = 18;
const FEWEST = 40;
const SAMPLE = 50;
/** How many of the keys that left the model are shown. */
const SHOWN = 3;

interface EveryMove {
  /** What happens between the move and the looks. */
  readonly after?: readonly Part[];
  readonly moves?: (lengths: Lengths) => readonly Move[];
  /** The client that is bound to whichever transaction is open, and what begins and ends one. */
  readonly inside?: {
    readonly client: IdempotencyStore;
    pause(pause: Pause): Promise<void> | undefined;
  };
}

/**
 * Brings keys into every situation that there is, makes every move, and looks what came of it, at
 * once and when time has passed; all keys side by side.
 */
export async function expectEveryMove(
  context: RuleContext,
  { after = [], moves = movesOf, inside }: EveryMove = {},
): Promise<void> {
  const { expect } = context;
  const clients = [context.store];
  while (clients.length < CLIENTS) clients.push(await context.open());
  const left = await runLanes(await lanesOf(context, after, moves), {
    clients: inside === undefined ? clients : [...clients, inside.client],
    clock: backendMarks(context.clock),
    pause: (pause) => inside?.pause(pause) ?? paused(context, clients, pause),
  });
  for (const departure of left.slice(0, SHOWN)) {
    expect.fault(`a sequence that leaves the contract:\n${script(departure)}`);
  }
  if (left.length > SHOWN) expect.fault(`and ${left.length - SHOWN} more like these`);
}

async function paused(
  context: RuleContext,
  clients: readonly IdempotencyStore[],
  pause: Pause,
): Promise<void> {
  if (pause.kind !== 'advance') return crash(context, clients);
  const { clock } = context;
  const slack = clock.driven ? 0 : 4 * ROUNDING;
  await clock.reach((await clock.now()) + pause.by + slack);
}

/** Each move with a time of either length; a clock that runs is waited for, and has every other of them. */
async function lanesOf(
  context: RuleContext,
  after: readonly Part[],
  moves: (lengths: Lengths) => readonly Move[],
): Promise<Lane[]> {
  const { driven } = context.clock;
  const pace = driven ? 0 : await paceOf(context);
  const short = driven ? DRIVEN : Math.min(LONGEST, Math.max(SHORTEST, Math.ceil(AT_ONCE * pace)));
  const lengths = { short, long: LONG };
  const situations = Object.values(situationsOf(lengths));
  const all = situations.flatMap((before, nth) =>
    moves(lengths).flatMap((move, mth) => {
      const own = (nth + mth) % 2 === 0 ? 'short' : 'long';
      const late = (nth + Math.floor(mth / 2)) % 2 === 1;
      const given = driven && move.length > 0 ? (['short', 'long'] as const) : ([own] as const);
      return given.map((length) => [
        ...before,
        ...move(length),
        ...after,
        ...looksOf(lengths, late),
      ]);
    }),
  );
  // A slow machine asks less: every n-th of them, and in each run others.
  const most = Math.max(FEWEST, Math.floor(PATIENCE / (pace * STEPS)));
  const nth = Math.max(1, Math.ceil(all.length / most));
  const first = context.random(nth);
  // What a client remembers shows when it is asked again, and what it keeps to itself when another is.
  return all
    .filter((_, i) => i % nth === first)
    .map((parts, i) => ({
      steps: stepsOf(parts, { short, passages: PASSAGES, clients: i % 2 === 0 ? 1 : CLIENTS }),
      names: freshNames(context.key),
    }));
}

/** Milliseconds that an operation takes where many are asked at once, by this machine and backend. */
async function paceOf({ store, key }: RuleContext): Promise<number> {
  const ask = (times: number): Promise<unknown> =>
    Promise.all(Array.from({ length: times }, () => store.exists(key('asked'))));
  await ask(SAMPLE);
  const begun = now();
  await ask(SAMPLE);
  return (now() - begun) / SAMPLE;
}
