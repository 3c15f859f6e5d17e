import type { Rule } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { crash, durable } from '../kit/crash.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, acquireAndComplete } from '../kit/steps.ts';
import { expectGoesOn, holder, printOf } from './crash-matrix.ts';

const { rule } = family('durability');

/** Milliseconds of a lease and a ttl that end at once. */
const SHORT = 20;
/** Nearly the day for which a lapse is remembered, and some weeks. */
const HOURS = 23 * 3_600_000;
const WEEKS = 40 * 24 * 3_600_000;

/** What was there for long before the backend crashed. */
export const oldRecordRules: readonly Rule[] = [
  rule(
    'what-is-old-survives',
    'What has been held, recorded or owed for most of a day, or released weeks ago, is so after a crash as before.',
    durable(async (context) => {
      const { store, expect, clock } = context;
      if (!clock.driven) {
        throw new RuleSkipped('hours cannot be waited for: the clock is not driven');
      }
      const free = await holder(context, 'released');
      await store.release(free.key, free.token);
      await clock.reach((await clock.now()) + WEEKS);
      const print = { fingerprint: printOf('old') };
      const held = await acquire(context, context.key('held'), { lease: WEEKS, ...print });
      const renewed = await acquire(context, context.key('renewed'), print);
      await store.renew(renewed.key, renewed.token, WEEKS);
      const done = await acquireAndComplete(context, context.key('done'), bytes('result'), {
        ...{ ttl: WEEKS, ...print },
      });
      const stored = context.key('stored');
      await store.store(stored, bytes('stored'), WEEKS);
      const lapsed = await acquire(context, context.key('lapsed'), { lease: SHORT, ...print });
      const expired = context.key('expired');
      await store.store(expired, bytes('expired'), SHORT);
      await clock.reach((await clock.now()) + HOURS);
      const keys = [held.key, renewed.key, done.key, stored, lapsed.key, expired, free.key];
      const before = await Promise.all(keys.map((key) => store.inspect(key)));
      await crash(context);
      for (const [i, key] of keys.entries()) {
        const was = before[i];
        const what = `what is at ${JSON.stringify(key.slice(-12))}`;
        if (was !== undefined) expectGoesOn(context, what, was, await store.inspect(key));
      }
      expect.same('find of a result', await store.find(done.key), bytes('result'));
      expect.same('find of what was stored', await store.find(stored), bytes('stored'));
      for (const { key, token } of [held, renewed]) {
        expect.same('renew by the holder', await store.renew(key, token, LONG), true);
      }
      const next = await acquire(context, lapsed.key, { what: 'a claim of what had lapsed' });
      expect.same('its takeover', next.takeover, true);
      for (const [{ key, fence }, later] of [
        [lapsed, next],
        [free, await acquire(context, free.key)],
      ] as const) {
        const grown = later.fence > fence;
        const what = `the fence at ${JSON.stringify(key.slice(-12))}`;
        expect.that(what, grown, `more than ${fence}`, later.fence);
      }
    }),
    { needs: ['clock', 'crash'], exclusive: true },
  ),
];
