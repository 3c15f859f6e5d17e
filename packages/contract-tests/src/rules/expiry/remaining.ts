import { now } from '../../model/monotonic.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire } from '../kit/steps.ts';
import type { Timeline } from '../kit/timeline.ts';

const { timed } = family('expiry');

/** Questions that one lease is asked at its end; a backend that answers fast gets all of them in. */
const MOST_ASKED = 20_000;
/** How long before the end of a lease the questions begin, in milliseconds. */
const LAST = 12;
/** Leases, where a busy machine slept over the end of those before. */
const MOST_LEASES = 5;
/** How many of the shortest times are asked. */
const SHORTEST_ASKED = 60;
/** For how many milliseconds they are. */
const PATIENCE = 500;

/** Asks a lease in its last moments; answers how often it was still held. */
async function askToTheEnd(context: RuleContext, time: Timeline): Promise<number> {
  const { store, expect } = context;
  const key = context.key();
  const { end } = await time.begin(time.short, () => acquire(context, key, { lease: time.short }));
  await context.clock.reach(end.earliest - (time.driven ? 1 : LAST));
  const request = { token: context.token(), lease: LONG };
  for (let asked = 0; asked < MOST_ASKED; asked += 1) {
    const told = await store.inspect(key);
    if (told.state !== 'claimed') return asked;
    const left = told.leaseRemaining;
    expect.that('leaseRemaining by inspect', left >= 1, 'at least 1', left);
    const claimed = await store.claim(key, request);
    if (claimed.outcome !== 'in-progress') return asked;
    const { leaseRemaining } = claimed;
    expect.that('leaseRemaining by claim', leaseRemaining >= 1, 'at least 1', leaseRemaining);
    if (time.driven) return 1;
  }
  return MOST_ASKED;
}

/** Times of a millisecond or two, which are in their last one when they are asked. */
async function askInTheLastMillisecond(context: RuleContext): Promise<void> {
  const { store, expect } = context;
  const begun = now();
  for (let n = 0; n < SHORTEST_ASKED && now() - begun < PATIENCE; n += 1) {
    const [held, stored] = [context.key(), context.key()];
    const length = 1 + (n % 2);
    await store.claim(held, { token: context.token(), lease: length });
    const seen = await store.inspect(held);
    if (seen.state === 'claimed') {
      const left = seen.leaseRemaining;
      expect.that(`leaseRemaining of ${length} ms by inspect`, left >= 1, 'at least 1', left);
    }
    await store.store(stored, bytes('value'), length);
    const result = await store.inspect(stored);
    if (result.state !== 'completed') continue;
    const left = result.ttlRemaining;
    expect.that(`ttlRemaining of ${length} ms by inspect`, left >= 1, 'at least 1', left);
  }
}

/** What is left of a lease, asked again and again in its last moments. */
export const remainingRules: readonly Rule[] = [
  timed(
    'what-is-left-is-never-nothing',
    'While a claim holds, its leaseRemaining is at least 1, to its very last moment.',
    async (context, time) => {
      await askInTheLastMillisecond(context);
      for (let leases = 0; leases < MOST_LEASES; leases += 1) {
        if ((await askToTheEnd(context, time)) > 0) return;
      }
    },
    { grade: 'stochastic' },
  ),
];
