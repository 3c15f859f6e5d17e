import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectCompleted, expectHeld } from '../kit/steps.ts';

const claims = family('claim');
const stores = family('find-store');

/** Nothing of what a lapsed or expired record held may be seen through the one that took its place. */
export const successorRules: readonly Rule[] = [
  claims.timed(
    'takeover-leaves-nothing-of-the-lapsed',
    'A claim that displaced a lapsed one has a fingerprint and a token of its own: none where it gave none.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result: lapsed, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short, fingerprint: 'of-the-lapsed' }),
      );
      await time.at(end);
      const { token } = await acquire(context, key);
      await expectHeld(context, 'the takeover', key, null);
      const seen = await store.inspect(key);
      const fingerprint = seen.state === 'claimed' ? seen.fingerprint : 'not claimed';
      expect.same('its fingerprint, by inspect', fingerprint, null);
      await expectNotHeld(context, 'the lapsed token', key, lapsed.token);
      const done = await store.complete(key, token, bytes('result'), LONG);
      expect.same('complete by the takeover', done, true);
      await expectCompleted(context, 'its result', key, bytes('result'), null);
    },
  ),

  claims.timed(
    'expiry-leaves-nothing',
    'A claim after a record expired has a fingerprint and a token of its own: none where it gave none.',
    async (context, time) => {
      const { store, expect } = context;
      const first = await acquire(context, context.key(), { fingerprint: 'of-the-first' });
      const { key } = first;
      const { end } = await time.begin(time.short, () =>
        store.complete(key, first.token, bytes('first'), time.short),
      );
      await time.at(end);
      const { token } = await acquire(context, key);
      await expectHeld(context, 'the next claim', key, null);
      await expectNotHeld(context, 'the token of what expired', key, first.token);
      await store.complete(key, token, bytes('second'), LONG);
      await expectCompleted(context, 'its result', key, bytes('second'), null);
      const again = await store.complete(key, first.token, bytes('late'), LONG);
      expect.same('complete, repeated for what expired', again, false);
    },
  ),

  stores.timed(
    'store-over-lapsed-is-whole',
    'store over a claim that lapsed leaves nothing of it: no fingerprint, no token, and the ttl that was given.',
    async (context, time) => {
      const { store, expect } = context;
      const [long, short] = [context.key('long'), context.key('short')];
      const { result: lapsed, end } = await time.begin(time.short, async () => {
        await acquire(context, short, { lease: time.short, fingerprint: 'of-the-lapsed' });
        return acquire(context, long, { lease: time.short, fingerprint: 'of-the-lapsed' });
      });
      await time.at(end);
      await store.store(long, bytes('stored'), LONG);
      await expectCompleted(context, 'what was stored', long, bytes('stored'), null);
      await expectNotHeld(context, 'the lapsed token', long, lapsed.token);
      const stored = await time.begin(time.short, () =>
        store.store(short, bytes('stored'), time.short),
      );
      const value = await time.before(stored.end, () => store.find(short));
      expect.same('find during the ttl', value, bytes('stored'));
      await time.at(stored.end);
      expect.same("find at the ttl's end", await store.find(short), null);
      const { takeover } = await acquire(context, short);
      expect.same('takeover of the claim after it', takeover, false);
    },
  ),

  stores.timed(
    'store-of-the-same-value',
    'store of the value that is there is a store like any other: the ttl is the new one, and the record has no fingerprint and no token.',
    async (context, time) => {
      const { store, expect } = context;
      const stored = context.key('stored');
      const held = await acquire(context, context.key('completed'), { fingerprint: 'print' });
      await store.complete(held.key, held.token, bytes('same'), LONG);
      await store.store(held.key, bytes('same'), LONG);
      await expectCompleted(context, 'over a result', held.key, bytes('same'), null);
      const again = await store.complete(held.key, held.token, bytes('late'), LONG);
      expect.same('complete, repeated for what was stored over', again, false);
      const first = await time.begin(time.short, () =>
        store.store(stored, bytes('same'), time.short),
      );
      await time.pass(time.short / 2);
      const second = await time.before(first.end, () =>
        time.begin(time.short, () => store.store(stored, bytes('same'), time.short)),
      );
      await time.at(first.end);
      const value = await time.before(second.end, () => store.find(stored));
      expect.same("find at the first ttl's end", value, bytes('same'));
      await time.at(second.end);
      expect.same("find at the second ttl's end", await store.find(stored), null);
    },
  ),
];

async function expectNotHeld(
  { store, expect }: RuleContext,
  what: string,
  key: string,
  token: string,
): Promise<void> {
  expect.same(`renew by ${what}`, await store.renew(key, token, LONG), false);
  expect.same(`release by ${what}`, await store.release(key, token), false);
  const done = await store.complete(key, token, bytes('late'), LONG);
  expect.same(`complete by ${what}`, done, false);
}
