import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Inspection } from '@idem/core';
import { idOf, type Move } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, together } from '../kit/steps.ts';

const { rule } = family('concurrency');

/** Keys that are asked for side by side, and how often each at the most. */
const KEYS = 24;
const ASKED = 3;
/** What passes between two that are asked: turns of the event loop for some keys, and for most of them milliseconds. */
const TURNS = 3;
const MOST = 4;
/** Milliseconds by which a driven clock goes on between them. */
const DRIVEN = 7;
const LOOKS = 4;

type Counting = Extract<Move, 'store' | 'claim again' | 'renew'>;

/** Begins a time of `LONG` anew; each call is like the one before it. */
const ACTS: Readonly<
  Record<Counting, (context: RuleContext, key: string, token: string) => Promise<unknown>>
> = {
  store: ({ store }, key) => store.store(key, bytes('value'), LONG),
  'claim again': ({ store }, key, token) => store.claim(key, { token, lease: LONG }),
  renew: ({ store }, key, token) => store.renew(key, token, LONG),
};

/** Asks again while what was asked before may be under way; what is left then counts from the last. */
async function expectCounted(context: RuleContext, move: Counting, nth: number): Promise<void> {
  const { store, expect, clock } = context;
  const { key, token } = await acquire(context, context.key(), { lease: 2 * LONG });
  const underWay: Promise<unknown>[] = [];
  let asked = 0;
  const pause = Math.floor(nth / 2);
  const last = ASKED - (nth % 2);
  for (let time = 1; ; time += 1) {
    asked = await clock.now();
    underWay.push(ACTS[move](context, key, token));
    if (time === last) break;
    if (pause < TURNS) for (let turn = 0; turn < pause; turn += 1) await setImmediate();
    else await sleep(1 + (pause % MOST));
    if (clock.driven) await clock.reach((await clock.now()) + DRIVEN);
  }
  await Promise.all(underWay);
  // What is told is told at some moment before it is heard: the lowest of some is the nearest to the end.
  const ends: number[] = [];
  for (let look = 0; look < LOOKS; look += 1) {
    const left = leftOf(await store.inspect(key));
    ends.push(left + (await clock.now()) - asked);
  }
  const lives = Math.min(...ends);
  const right = lives >= LONG - 2 * ROUNDING;
  expect.that(`${move}, asked last`, right, `${LONG} ms from then at least`, lives);
}

function leftOf(seen: Inspection): number {
  if (seen.state === 'vacant') return 0;
  return seen.state === 'claimed' ? seen.leaseRemaining : seen.ttlRemaining;
}

const COUNTING: readonly Counting[] = ['store', 'claim again', 'renew'];

/** A time that begins anew counts from when that was asked, not from when the same was asked before. */
export const countsAnewRules: readonly Rule[] = COUNTING.map((move) =>
  rule(
    `counts-anew-in-${idOf(move)}`,
    `The time that ${move} begins counts from when it was asked, also when the same was asked a moment before and is under way.`,
    (context) =>
      together(Array.from({ length: KEYS }, (_, i) => () => expectCounted(context, move, i))),
    { needs: ['clock'], proves: { property: 'anew', moves: [move] } },
  ),
);
