import { now } from '../../model/monotonic.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { bytes } from '../kit/material.ts';
import {
  acquire,
  acquireAndComplete,
  expectCompleted,
  expectHeld,
  type Holder,
} from '../kit/steps.ts';

const { timed } = family('expiry');

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
/** How many keys are claimed meanwhile: a store that purges by the way has come round by then. */
const CLAIMS = 6_000;
const AT_ONCE = 200;
/** Milliseconds in which a quick backend is given more of them in the end. */
const QUICK = 700;

/** Claims and releases many other keys, so that whatever is purged by the way is purged. */
async function claimOthers({ store, key, token }: RuleContext, count: number): Promise<void> {
  for (let done = 0; done < count; done += AT_ONCE) {
    const some = Array.from({ length: AT_ONCE }, async () => {
      const [at, by] = [key('other'), token()];
      await store.claim(at, { token: by, lease: HOUR });
      await store.release(at, by);
    });
    await Promise.all(some);
  }
}

/** What is over may be deleted whenever a store likes to; what is not, and what is still owed, may not. */
export const purgingRules: readonly Rule[] = [
  timed(
    'purging-takes-what-is-over-alone',
    'Whatever is deleted while thousands of other keys are claimed, hours and months later: live results, claims and leases stay, a lapse is remembered for its day, and fences grow.',
    async (context, time) => {
      if (!time.driven) {
        throw new RuleSkipped('months cannot be waited for: the clock is not driven');
      }
      const { store, expect } = context;
      const print = { fingerprint: 'print' };
      const earlier = await context.open();
      const held = await acquire(context, context.key('held'), { lease: YEAR, ...print });
      const renewed = await acquire(context, context.key('renewed'), print);
      const done = await acquire(context, context.key('done'), print);
      const stored = context.key('stored');
      const repeated = await acquire(context, context.key('repeated'), print);
      await store.claim(repeated.key, { token: repeated.token, lease: YEAR });
      await store.renew(renewed.key, renewed.token, YEAR);
      const replaced = context.key('replaced');
      await store.store(replaced, bytes('old'), HOUR);
      await store.store(replaced, bytes('new'), YEAR);
      const over = await acquire(context, context.key('over'), { lease: HOUR });
      await store.store(over.key, bytes('over'), YEAR);
      const again = await acquireAndComplete(context, context.key('again'), bytes('old'), {
        ...{ ttl: HOUR, lease: HOUR },
      });
      await store.store(again.key, bytes('again'), YEAR);
      await store.complete(done.key, done.token, bytes('result'), YEAR);
      await store.store(stored, bytes('stored'), YEAR);
      const expectKept = async (when: string): Promise<void> => {
        await expectHeld(context, `a claim ${when}`, held.key, 'print');
        await expectHeld(context, `a renewed claim ${when}`, renewed.key, 'print');
        await expectHeld(context, `a repeated claim ${when}`, repeated.key, 'print');
        await expectCompleted(context, `stored over a record ${when}`, replaced, bytes('new'));
        await expectCompleted(context, `stored over a claim ${when}`, over.key, bytes('over'));
        await expectCompleted(context, `stored over a result ${when}`, again.key, bytes('again'));
        await expectCompleted(context, `a result ${when}`, done.key, bytes('result'), 'print');
        await expectCompleted(context, `what was stored ${when}`, stored, bytes('stored'));
      };
      const released: Holder[] = [];
      const freed: Holder[] = [];
      for (const round of ['a day', 'weeks', 'months']) {
        const lapsed = context.key('lapsed');
        const { end } = await time.begin(time.short, () =>
          acquire(context, lapsed, { lease: time.short }),
        );
        const free = await acquire(context, context.key('released'));
        await store.release(free.key, free.token);
        released.push(free);
        // Each client in its turn comes after the other: whichever takes its fences from where.
        const [key, token] = [context.key('released'), context.token()];
        const request = { token, lease: HOUR };
        const other = expect.acquired('a claim', await earlier.claim(key, request));
        await earlier.release(key, token);
        freed.push({ ...other, key, token });
        await time.at(end);
        await time.pass(DAY - HOUR);
        await claimOthers(context, CLAIMS / 3);
        const { takeover } = await acquire(context, lapsed);
        expect.same(`takeover 23 hours after a lapse, after ${round}`, takeover, true);
        await expectKept(`after ${round}`);
        await time.pass(round === 'a day' ? 8 * DAY : 40 * DAY);
        await claimOthers(context, AT_ONCE);
      }
      // What purges some rows with each claim has more to go through where other rules have left more.
      for (const begun = now(); now() - begun < QUICK; ) await claimOthers(context, AT_ONCE);
      await expectKept('in the end');
      for (const [client, all] of [
        [earlier, released],
        [store, freed],
      ] as const) {
        for (const { key, fence } of all) {
          const request = { token: context.token(), lease: HOUR };
          const next = expect.acquired('the next claim', await client.claim(key, request));
          const grown = next.fence > fence;
          expect.that('its fence, by another client', grown, `more than ${fence}`, next.fence);
        }
      }
    },
  ),
];
