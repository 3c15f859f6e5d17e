import type { Rule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectCompleted, expectNotHeld } from '../kit/steps.ts';

const { timed } = family('find-store');

/** Nothing of what was there before may be seen through what store put in its place. */
export const storeSuccessorRules: readonly Rule[] = [
  timed(
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

  timed(
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
