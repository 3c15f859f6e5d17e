import type { Rule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire } from '../kit/steps.ts';

const { rule, timed } = family('concurrency');
const byChance = { grade: 'stochastic' } as const;

/** Races around the end of a lease, and many keys at once. */
export const concurrencyLeaseRules: readonly Rule[] = [
  timed(
    'renew-and-takeover',
    "A renew that meets a takeover around the lease's end: never do both succeed.",
    async (context, time) => {
      const { store, expect } = context;
      const other = await context.open();
      const keys = Array.from({ length: context.budget === 'long' ? 50 : 8 }, () => context.key());
      const { result: holders, end } = await time.begin(time.short, () =>
        Promise.all(keys.map((key) => acquire(context, key, { lease: time.short }))),
      );
      await time.justBefore(end);
      const races = holders.map(async ({ key, token }, i) => {
        if (i % 2 === 1) await time.at(end);
        const rival = context.token();
        const [renewed, claimed] = await Promise.all([
          store.renew(key, token, LONG),
          other.claim(key, { token: rival, lease: LONG }),
        ]);
        const took = claimed.outcome === 'acquired';
        const seen = `renew ${renewed}, claim ${claimed.outcome}`;
        expect.that('of renew and takeover', !(renewed && took), 'one at most', seen);
        const done = await store.complete(key, token, bytes('result'), LONG);
        if (took) expect.same('complete by the holder that was displaced', done, false);
        if (renewed) expect.same('complete by the holder that renewed', done, true);
      });
      await Promise.all(races);
    },
    byChance,
  ),

  timed(
    'complete-and-takeover',
    "A complete that meets a takeover around the lease's end: never do both succeed.",
    async (context, time) => {
      const { store, expect } = context;
      const other = await context.open();
      const keys = Array.from({ length: context.budget === 'long' ? 50 : 8 }, () => context.key());
      const { result: holders, end } = await time.begin(time.short, () =>
        Promise.all(keys.map((key) => acquire(context, key, { lease: time.short }))),
      );
      await time.justBefore(end);
      const races = holders.map(async ({ key, token }, i) => {
        if (i % 2 === 1) await time.at(end);
        const [done, claimed] = await Promise.all([
          store.complete(key, token, bytes('result'), LONG),
          other.claim(key, { token: context.token(), lease: LONG }),
        ]);
        const took = claimed.outcome === 'acquired';
        const seen = `complete ${done}, claim ${claimed.outcome}`;
        expect.that('of complete and takeover', !(done && took), 'one at most', seen);
        const found = done ? bytes('result') : null;
        expect.same(`find after ${seen}`, await store.find(key), found);
      });
      await Promise.all(races);
    },
    byChance,
  ),

  rule(
    'keys-do-not-disturb',
    'Work on many keys at once goes as it would on each alone: no error, no wrong answer.',
    async (context) => {
      const { expect } = context;
      const stores = [context.store, await context.open(), await context.open()];
      const work = Array.from({ length: 30 }, async (_, i) => {
        const store = stores[i % stores.length] ?? context.store;
        const [key, token, value] = [context.key(`${i}`), context.token(), bytes(`value ${i}`)];
        const what = `key ${i} of 30 at once`;
        const fingerprint = `print-${i}`;
        const claimed = await store.claim(key, { token, lease: LONG, fingerprint });
        expect.acquired(`${what}: claim`, claimed);
        expect.same(`${what}: renew`, await store.renew(key, token, LONG), true);
        expect.same(`${what}: complete`, await store.complete(key, token, value, LONG), true);
        const answer = await store.claim(key, { token: context.token(), lease: LONG });
        expect.same(`${what}: answer`, answer, { outcome: 'completed', value, fingerprint });
        await store.remove(key);
        expect.same(`${what}: find once removed`, await store.find(key), null);
      });
      await Promise.all(work);
    },
    byChance,
  ),

  rule(
    'busy-key-ends-well',
    'Any mixture of operations on one key at once ends without an error: what the backend reports as passing is tried again.',
    async (context) => {
      const { expect } = context;
      const stores = [context.store, await context.open(), await context.open()];
      const [key, token] = [context.key(), context.token()];
      const work = stores.flatMap((store) => [
        store.claim(key, { token, lease: LONG }),
        store.claim(key, { token: context.token(), lease: LONG }),
        store.renew(key, token, LONG),
        store.complete(key, token, bytes('result'), LONG),
        store.release(key, token),
        store.remove(key),
        store.store(key, bytes('stored'), LONG),
        store.find(key),
        store.exists(key),
      ]);
      for (const result of await Promise.allSettled([...work])) {
        if (result.status === 'rejected') {
          expect.that('an operation among many on one key', false, 'an answer', result.reason);
        }
      }
    },
    byChance,
  ),
];
