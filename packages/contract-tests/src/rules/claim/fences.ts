import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import type { Holder } from '../kit/steps.ts';
import { acquire } from '../kit/steps.ts';

const { rule, timed, untested } = family('claim');

/** How often each rule lets a key change hands: a fence that only mostly grows must not pass by luck. */
const ROUNDS = 3;

async function expectGrowth(
  context: RuleContext,
  after: string,
  part: (key: string, holder: Holder) => Promise<unknown>,
): Promise<void> {
  const key = context.key();
  let last = await acquire(context, key);
  for (let round = 0; round < ROUNDS; round += 1) {
    await part(key, last);
    const next = await acquire(context, key, { what: `a claim after ${after}` });
    context.expect.that(
      `the fence of a claim after ${after}`,
      next.fence > last.fence,
      `greater than ${last.fence}, that of the claim before`,
      next.fence,
    );
    last = next;
  }
}

/** The fence: greater than that of every earlier claim of the same key, whatever became of those. */
export const fenceRules: readonly Rule[] = [
  rule('fence-grows-after-release', 'The fence grows after a claim was released.', (context) =>
    expectGrowth(context, 'a release', (key, { token }) => context.store.release(key, token)),
  ),

  rule('fence-grows-after-remove', 'The fence grows after a claim was removed.', (context) =>
    expectGrowth(context, 'a removed claim', (key) => context.store.remove(key)),
  ),

  rule(
    'fence-grows-after-completed-and-removed',
    'The fence grows after a completed record was removed.',
    (context) =>
      expectGrowth(context, 'a removed result', async (key, { token }) => {
        await context.store.complete(key, token, bytes('result'), LONG);
        await context.store.remove(key);
      }),
  ),

  rule(
    'fence-grows-after-store-and-remove',
    'The fence grows after store made a claim void and the record was removed.',
    (context) =>
      expectGrowth(context, 'store and remove', async (key) => {
        await context.store.store(key, bytes('stored'), LONG);
        await context.store.remove(key);
      }),
  ),

  timed(
    'fence-grows-after-lapse',
    'The fence grows after a lease lapsed.',
    async (context, time) => {
      const key = context.key();
      const first = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(first.end);
      const second = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(second.end);
      const third = await acquire(context, key);
      const fences = [first.result.fence, second.result.fence, third.fence];
      expectRising(context, 'the fences of three claims, each lapsed', fences);
    },
  ),

  timed(
    'fence-grows-after-expiry',
    'The fence grows after a completed record has expired.',
    async (context, time) => {
      const { store } = context;
      const key = context.key();
      const first = await acquire(context, key);
      const completed = await time.begin(time.short, () =>
        store.complete(key, first.token, bytes('result'), time.short),
      );
      await time.at(completed.end);
      const second = await acquire(context, key);
      const what = 'the fences before and after a record that expired';
      expectRising(context, what, [first.fence, second.fence]);
    },
  ),

  timed(
    'fence-grows-after-stored-expiry',
    'The fence grows after store made a claim void and the stored record has expired.',
    async (context, time) => {
      const { store } = context;
      const key = context.key();
      const first = await acquire(context, key);
      const stored = await time.begin(time.short, () =>
        store.store(key, bytes('stored'), time.short),
      );
      await time.at(stored.end);
      const second = await acquire(context, key);
      const what = 'the fences before and after a stored record that expired';
      expectRising(context, what, [first.fence, second.fence]);
    },
  ),

  timed(
    'own-lapsed-token-is-a-new-claim',
    'A token whose lease has lapsed claims anew: acquired, with a greater fence.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result: first, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      const result = await store.claim(key, { token: first.token, lease: LONG });
      const again = expect.acquired('a claim by the token that lapsed', result);
      expectRising(context, 'the fences of both claims', [first.fence, again.fence]);
      expect.same('its takeover', again.takeover, true);
    },
  ),

  rule(
    'fence-is-kept-by-own-token-after-others-asked',
    'The fence stays that of the claim, however many others asked meanwhile.',
    async (context) => {
      const { store, expect } = context;
      const { key, token, fence } = await acquire(context, context.key());
      for (let i = 0; i < ROUNDS; i += 1) {
        await store.claim(key, { token: context.token(), lease: LONG });
      }
      const again = expect.acquired(
        'its own claim',
        await store.claim(key, { token, lease: LONG }),
      );
      expect.same('the fence after others asked', again.fence, fence);
    },
  ),

  rule(
    'fence-grows-across-clients',
    'The fence grows whichever client claims.',
    async (context) => {
      const key = context.key();
      const clients = [context.store, await context.open(), await context.open()];
      const fences: number[] = [];
      for (const client of [...clients, ...clients.toReversed()]) {
        const token = context.token();
        const result = await client.claim(key, { token, lease: LONG });
        fences.push(context.expect.acquired('a claim by the next client', result).fence);
        await client.release(key, token);
      }
      expectRising(context, 'the fences of one key through three clients', fences);
    },
  ),

  rule(
    'fence-grows-on-a-busy-key',
    'The fence grows on every one of many quick claims of one key.',
    async (context) => {
      const { store } = context;
      const key = context.key();
      const fences: number[] = [];
      for (let i = 0; i < 40; i += 1) {
        const { fence, token } = await acquire(context, key);
        fences.push(fence);
        if (i % 2 === 0) await store.release(key, token);
        else await store.remove(key);
      }
      expectRising(context, 'the fences of 40 quick claims', fences);
    },
  ),

  untested(
    'fence-when-the-clock-steps-back',
    "The fence grows as long as the backend's clock does not step back past the time between two claims.",
    "no suite can set a server's clock back; what an adapter then does is for its documentation to say",
  ),
];

function expectRising(context: RuleContext, what: string, fences: readonly number[]): void {
  const rising = fences.every((fence, i) => i === 0 || fence > (fences[i - 1] ?? Infinity));
  context.expect.that(what, rising, 'each greater than the one before', fences);
}
