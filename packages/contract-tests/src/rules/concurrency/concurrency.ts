import type { ClaimResult, IdempotencyStore } from '@idem/core';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectCompleted } from '../kit/steps.ts';

const { rule, timed } = family('concurrency');
const byChance = { grade: 'stochastic' } as const;

function rounds(context: RuleContext): number {
  return context.budget === 'long' ? 100 : 6;
}

async function clients(context: RuleContext, count: number): Promise<IdempotencyStore[]> {
  const opened = Array.from({ length: count }, () => context.open());
  return Promise.all(opened);
}

interface Contender {
  readonly token: string;
  readonly result: ClaimResult;
}

/** Every client claims the key several times at once, each time with a token and fingerprint of its own. */
async function stampede(
  context: RuleContext,
  stores: readonly IdempotencyStore[],
  key: string,
  each = 4,
): Promise<Contender[]> {
  const claims = stores.flatMap((store) =>
    Array.from({ length: each }, async () => {
      const token = context.token();
      const request = { token, lease: LONG, fingerprint: token };
      return { token, result: await store.claim(key, request) };
    }),
  );
  return Promise.all(claims);
}

function winners(contenders: readonly Contender[]): Contender[] {
  return contenders.filter(({ result }) => result.outcome === 'acquired');
}

export const concurrencyRules: readonly Rule[] = [
  rule(
    'one-winner',
    'Of any number of concurrent claims of a vacant key, exactly one is acquired.',
    async (context) => {
      const stores = await clients(context, 4);
      for (let round = 0; round < rounds(context); round += 1) {
        const contenders = await stampede(context, stores, context.key());
        const won = winners(contenders).length;
        context.expect.same(`acquired of ${contenders.length} claims at once`, won, 1);
      }
    },
    byChance,
  ),

  rule(
    'losers-see-the-winner',
    "Those that lose a race are answered in-progress, with the winner's fingerprint.",
    async (context) => {
      const { expect } = context;
      const stores = await clients(context, 4);
      for (let round = 0; round < rounds(context); round += 1) {
        const contenders = await stampede(context, stores, context.key());
        const winner = winners(contenders)[0];
        for (const { token, result } of contenders) {
          if (winner === undefined || token === winner.token) continue;
          const lost = expect.inProgress('a claim that lost', result);
          expect.same('its fingerprint', lost.fingerprint, winner.token);
        }
      }
    },
    byChance,
  ),

  timed(
    'one-takeover',
    'Of any number of concurrent claims of a lapsed key, exactly one takes over, with a greater fence.',
    async (context, time) => {
      const { expect } = context;
      const stores = await clients(context, 4);
      const keys = Array.from({ length: rounds(context) }, () => context.key());
      const { result: lapsed, end } = await time.begin(time.short, () =>
        Promise.all(keys.map((key) => acquire(context, key, { lease: time.short }))),
      );
      await time.at(end);
      for (const { key, fence } of lapsed) {
        const won = winners(await stampede(context, stores, key));
        expect.same('acquired of many claims of a lapsed key at once', won.length, 1);
        for (const { result } of won) {
          if (result.outcome !== 'acquired') continue;
          expect.same('takeover of the winner', result.takeover, true);
          expect.that('its fence', result.fence > fence, `greater than ${fence}`, result.fence);
        }
      }
    },
    byChance,
  ),

  rule(
    'one-winner-after-remove',
    'Of any number of concurrent claims of a key just removed or released, exactly one is acquired.',
    async (context) => {
      const { store, expect } = context;
      const stores = await clients(context, 4);
      for (let round = 0; round < rounds(context); round += 1) {
        const { key, token } = await acquire(context, context.key());
        if (round % 2 === 0) await store.remove(key);
        else await store.release(key, token);
        const won = winners(await stampede(context, stores, key)).length;
        expect.same('acquired of many claims of a freed key at once', won, 1);
      }
    },
    byChance,
  ),

  rule(
    'same-token-is-one-claim',
    'Concurrent claims with the same token are one claim: all acquired, with one fence.',
    async (context) => {
      const { expect } = context;
      const stores = await clients(context, 3);
      for (let round = 0; round < rounds(context); round += 1) {
        const [key, token] = [context.key(), context.token()];
        const results = await Promise.all(
          [...stores, ...stores].map((store) => store.claim(key, { token, lease: LONG })),
        );
        const all = results.map((result) => expect.acquired('a claim with the same token', result));
        expect.same('how many fences they have', new Set(all.map(({ fence }) => fence)).size, 1);
        expect.same(
          'a takeover among them',
          all.some(({ takeover }) => takeover),
          false,
        );
      }
    },
    byChance,
  ),

  rule(
    'holders-exclude-each-other',
    'While many claim and release one key, never do two hold it, and every fence is greater than the one before.',
    async (context) => {
      const { expect } = context;
      const stores = await clients(context, 4);
      const key = context.key();
      const fences: number[] = [];
      let holding = 0;
      let left = rounds(context) * 5;
      const worker = async (store: IdempotencyStore): Promise<void> => {
        while (left > 0) {
          const token = context.token();
          const result = await store.claim(key, { token, lease: LONG });
          if (result.outcome !== 'acquired') continue;
          left -= 1;
          holding += 1;
          expect.that('holders at one time', holding === 1, '1', holding);
          fences.push(result.fence);
          await store.exists(key);
          holding -= 1;
          expect.same('release by the holder', await store.release(key, token), true);
        }
      };
      await Promise.all(stores.map(worker));
      const rising = fences.every((fence, i) => i === 0 || fence > (fences[i - 1] ?? 0));
      expect.that('the fences in order of holding', rising, 'each greater than the last', fences);
    },
    byChance,
  ),

  rule(
    'claim-and-complete',
    'A claim that meets a complete is answered in-progress or completed, never acquired.',
    async (context) => {
      const { expect } = context;
      const [holder, other] = await clients(context, 2);
      if (holder === undefined || other === undefined) return;
      for (let round = 0; round < rounds(context); round += 1) {
        const { key, token } = await acquire(context, context.key());
        const ask = () => other.claim(key, { token: context.token(), lease: LONG });
        const [before, done, ...after] = await Promise.all([
          ask(),
          holder.complete(key, token, bytes('result'), LONG),
          ask(),
          ask(),
        ]);
        expect.same('complete by the holder', done, true);
        for (const { outcome } of [before, ...after]) {
          expect.that('a claim meanwhile', outcome !== 'acquired', 'not acquired', outcome);
        }
        await expectCompleted(context, 'in the end', key, bytes('result'));
      }
    },
    byChance,
  ),

  rule(
    'release-and-complete',
    'Of a release and a complete by the same token at once, exactly one succeeds.',
    async (context) => {
      const { store, expect } = context;
      const [first, second] = await clients(context, 2);
      if (first === undefined || second === undefined) return;
      for (let round = 0; round < rounds(context); round += 1) {
        const { key, token } = await acquire(context, context.key());
        const early = round % 2 === 0 ? first.release(key, token) : undefined;
        const completing = second.complete(key, token, bytes('result'), LONG);
        const releasing = early ?? first.release(key, token);
        const [released, completed] = await Promise.all([releasing, completing]);
        const what = `release ${released} and complete ${completed}`;
        expect.that('of both', released !== completed, 'exactly one true', what);
        const found = completed ? bytes('result') : null;
        expect.same(`find after ${what}`, await store.find(key), found);
      }
    },
    byChance,
  ),

  rule(
    'store-and-complete',
    'A store that meets a complete wins: what it stored is there in the end.',
    async (context) => {
      const [first, second] = await clients(context, 2);
      if (first === undefined || second === undefined) return;
      for (let round = 0; round < rounds(context); round += 1) {
        const { key, token } = await acquire(context, context.key());
        await Promise.all([
          first.complete(key, token, bytes('completed'), LONG),
          second.store(key, bytes('stored'), LONG),
        ]);
        await expectCompleted(context, 'after both', key, bytes('stored'));
      }
    },
    byChance,
  ),

  rule(
    'remove-and-complete',
    'A remove that meets a complete or a renew wins: the key is vacant in the end.',
    async (context) => {
      const { store, expect } = context;
      const [first, second] = await clients(context, 2);
      if (first === undefined || second === undefined) return;
      for (let round = 0; round < rounds(context); round += 1) {
        const { key, token } = await acquire(context, context.key());
        const other =
          round % 2 === 0
            ? first.complete(key, token, bytes('result'), LONG)
            : first.renew(key, token, LONG);
        await Promise.all([other, second.remove(key)]);
        expect.same('exists after both', await store.exists(key), false);
        await acquire(context, key, { what: 'a claim after both' });
      }
    },
    byChance,
  ),

  rule(
    'completes-agree',
    'Completes by the same token at once are all true, and one value stays.',
    async (context) => {
      const { store, expect } = context;
      const stores = await clients(context, 3);
      for (let round = 0; round < rounds(context); round += 1) {
        const { key, token } = await acquire(context, context.key());
        const done = await Promise.all(
          stores.map((each, i) => each.complete(key, token, bytes(`value ${i}`), LONG)),
        );
        expect.same('completes by the same token at once', done, [true, true, true]);
        const [once, again] = [await store.find(key), await store.find(key)];
        expect.that('the value', once !== null && once.byteLength === 7, 'one of them', once);
        expect.same('the value, read again', again, once);
      }
    },
    byChance,
  ),
];
