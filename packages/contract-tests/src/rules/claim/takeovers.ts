import type { Rule } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, acquireAndComplete, expectHeld } from '../kit/steps.ts';

const { rule, timed, untested } = family('claim');

const DAY = 86_400_000;

/** Takeover: told when, and only when, a claim displaces one that lapsed. */
export const takeoverRules: readonly Rule[] = [
  timed(
    'takeover-after-lapse',
    'A claim that displaces a lapsed one is told so: takeover is true.',
    async (context, time) => {
      const key = context.key();
      const { end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      const { takeover } = await acquire(context, key, { what: 'a claim after the lapse' });
      context.expect.same('takeover of a claim after a lapse', takeover, true);
    },
  ),

  timed(
    'takeover-after-every-lapse',
    'A claim that displaces a takeover which lapsed itself is a takeover too.',
    async (context, time) => {
      const key = context.key();
      for (const which of ['the first', 'the second', 'the third']) {
        const { result, end } = await time.begin(time.short, () =>
          acquire(context, key, { lease: time.short }),
        );
        context.expect.same(`takeover of ${which} claim`, result.takeover, which !== 'the first');
        await time.at(end);
      }
    },
  ),

  timed(
    'takeover-is-repeated',
    'A takeover that is claimed again by its own token answers the same: takeover stays true, the fence the same.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      const { token, fence } = await acquire(context, key);
      const result = await store.claim(key, { token, lease: LONG });
      const again = expect.acquired('the repeated claim', result);
      expect.same('its takeover', again.takeover, true);
      expect.same('its fence', again.fence, fence);
    },
  ),

  rule(
    'no-takeover-after-release',
    'A claim after a release displaces nobody: takeover is false.',
    async (context) => {
      const { key, token } = await acquire(context, context.key());
      await context.store.release(key, token);
      const { takeover } = await acquire(context, key);
      context.expect.same('takeover of a claim after a release', takeover, false);
    },
  ),

  rule(
    'no-takeover-after-remove',
    'A claim after a remove displaces nobody: takeover is false.',
    async (context) => {
      const { key } = await acquire(context, context.key('claimed'));
      await context.store.remove(key);
      const first = await acquire(context, key);
      context.expect.same('takeover of a claim after a removed claim', first.takeover, false);
      const completed = context.key('completed');
      await acquireAndComplete(context, completed);
      await context.store.remove(completed);
      const second = await acquire(context, completed);
      context.expect.same('takeover of a claim after a removed result', second.takeover, false);
    },
  ),

  timed(
    'no-takeover-after-expiry',
    'A claim after a completed record has expired displaces nobody: takeover is false.',
    async (context, time) => {
      const { store, expect } = context;
      const [completed, stored] = [context.key('completed'), context.key('stored')];
      const { token } = await acquire(context, completed);
      await acquire(context, stored);
      const { end } = await time.begin(time.short, async () => {
        await store.complete(completed, token, bytes('result'), time.short);
        await store.store(stored, bytes('stored'), time.short);
      });
      await time.at(end);
      const first = await acquire(context, completed);
      expect.same('takeover after a completed record expired', first.takeover, false);
      const second = await acquire(context, stored);
      expect.same('takeover after a stored record expired', second.takeover, false);
    },
  ),

  timed(
    'no-takeover-after-settled-takeover',
    'Once a takeover was released, completed or stored over, the next claim displaces nobody.',
    async (context, time) => {
      const { store, expect } = context;
      const settle = {
        released: (key: string, token: string) => store.release(key, token),
        'completed and removed': async (key: string, token: string) => {
          await store.complete(key, token, bytes('result'), LONG);
          await store.remove(key);
        },
        'stored over and removed': async (key: string) => {
          await store.store(key, bytes('stored'), LONG);
          await store.remove(key);
        },
      };
      for (const [how, act] of Object.entries(settle)) {
        const key = context.key();
        const { end } = await time.begin(time.short, () =>
          acquire(context, key, { lease: time.short }),
        );
        await time.at(end);
        const holder = await acquire(context, key);
        await act(key, holder.token);
        const { takeover } = await acquire(context, key);
        expect.same(`takeover after a takeover was ${how}`, takeover, false);
      }
    },
  ),

  timed(
    'late-holder-cannot-hide-its-lapse',
    'A lapsed holder that releases, renews or completes too late changes nothing: the next claim is still a takeover.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result: lapsed, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      expect.same('a late release', await store.release(key, lapsed.token), false);
      expect.same('a late renew', await store.renew(key, lapsed.token, LONG), false);
      const late = await store.complete(key, lapsed.token, bytes('late'), LONG);
      expect.same('a late complete', late, false);
      const { takeover } = await acquire(context, key, { what: 'a claim after the late attempts' });
      expect.same('takeover of the next claim', takeover, true);
    },
  ),

  timed(
    'remove-cannot-hide-a-lapse',
    'remove of a key whose claim has lapsed removes nothing: the next claim is still a takeover.',
    async (context, time) => {
      const key = context.key();
      const { end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      await context.store.remove(key);
      const { takeover } = await acquire(context, key, { what: 'a claim after the remove' });
      context.expect.same('takeover of a claim after a lapse and a remove', takeover, true);
    },
  ),

  timed(
    'late-holder-cannot-touch-takeover',
    "Once another took over, the lapsed holder's complete, renew and release are false and touch nothing.",
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result: lapsed, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      const holder = await acquire(context, key, { fingerprint: 'of-the-new-holder' });
      const completed = await store.complete(key, lapsed.token, bytes('late'), LONG);
      expect.same('complete by the lapsed token', completed, false);
      expect.same('renew by the lapsed token', await store.renew(key, lapsed.token, LONG), false);
      expect.same('release by the lapsed token', await store.release(key, lapsed.token), false);
      await expectHeld(context, 'afterwards', key, 'of-the-new-holder');
      const done = await store.complete(key, holder.token, bytes('result'), LONG);
      expect.same('complete by the new holder', done, true);
      expect.same('find in the end', await store.find(key), bytes('result'));
    },
  ),

  timed(
    'lapse-is-remembered-for-a-day',
    'A lapsed claim is remembered for 24 hours: a claim until then is a takeover.',
    async (context, time) => {
      if (!time.driven)
        throw new RuleSkipped('a day cannot be waited for: the clock is not driven');
      const key = context.key();
      const { end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      await time.pass(DAY - 1);
      const { takeover } = await acquire(context, key);
      context.expect.same('takeover of a claim a day after the lapse', takeover, true);
    },
  ),

  untested(
    'lapse-is-remembered-by-a-server',
    'A backend with its own clock remembers a lapsed claim for at least 24 hours.',
    'no suite waits for a day; an adapter proves it by reading the life that it gives the record',
  ),
];
