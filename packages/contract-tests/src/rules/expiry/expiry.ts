import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, expectCompleted, expectVacant } from '../kit/steps.ts';
import type { End, Timeline } from '../kit/timeline.ts';

const { rule, timed, untested } = family('expiry');

/** Ten years, the longest ttl and lease, in milliseconds; and the lengths at which 32 bits run over. */
const TEN_YEARS = 315_576_000_000;
const LENGTHS = [2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, TEN_YEARS];

/** Sees the record live until its last moment, and vacant from the first moment after. */
async function expectEdges(
  context: RuleContext,
  time: Timeline,
  key: string,
  end: End,
): Promise<void> {
  const { store, expect } = context;
  const live = async (when: string): Promise<void> => {
    const found = await time.before(end, () => store.find(key));
    const exists = await time.before(end, () => store.exists(key));
    expect.same(`find ${when}`, found, bytes('value'));
    expect.same(`exists ${when}`, exists, true);
  };
  await live('at once');
  await time.justBefore(end);
  await live('just before the end of the ttl');
  await time.at(end);
  await expectVacant(context, 'at the end of the ttl', key);
}

export const expiryRules: readonly Rule[] = [
  timed(
    'stored-ends-with-its-ttl',
    'A stored record is live until the last moment of its ttl, and vacant from its end.',
    async (context, time) => {
      const key = context.key();
      const { end } = await time.begin(time.short, () =>
        context.store.store(key, bytes('value'), time.short),
      );
      await expectEdges(context, time, key, end);
    },
  ),

  timed(
    'completed-ends-with-its-ttl',
    'A completed record is live until the last moment of its ttl, and vacant from its end.',
    async (context, time) => {
      const { key, token } = await acquire(context, context.key());
      const { end } = await time.begin(time.short, () =>
        context.store.complete(key, token, bytes('value'), time.short),
      );
      await expectEdges(context, time, key, end);
    },
  ),

  timed(
    'claim-ends-with-its-lease',
    'A claim holds until the last moment of its lease, and the key is vacant from its end.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.justBefore(end);
      const ask = () => store.claim(key, { token: context.token(), lease: LONG });
      const last = await time.before(end, ask);
      expect.inProgress("a claim just before the lease's end", last);
      await time.at(end);
      expect.acquired("a claim at the lease's end", await ask());
    },
  ),

  timed(
    'expired-is-vacant-for-all',
    'An expired record is vacant for every operation, whether or not it has been deleted.',
    async (context, time) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key(), { fingerprint: 'print' });
      const { end } = await time.begin(time.short, () =>
        store.complete(key, token, bytes('value'), time.short),
      );
      await time.at(end);
      expect.same('renew', await store.renew(key, token, LONG), false);
      expect.same('release', await store.release(key, token), false);
      expect.same('complete', await store.complete(key, token, bytes('late'), LONG), false);
      expect.same('remove', await store.remove(key), undefined);
      await expectVacant(context, 'afterwards', key);
    },
  ),

  timed(
    'lapsed-is-vacant-for-all',
    'A claim whose lease has lapsed is vacant for every operation, also for its own token.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      expect.same('renew', await store.renew(key, result.token, LONG), false);
      expect.same('release', await store.release(key, result.token), false);
      const done = await store.complete(key, result.token, bytes('late'), LONG);
      expect.same('complete', done, false);
      await expectVacant(context, 'afterwards', key);
    },
  ),

  timed(
    'old-end-does-not-end-new-record',
    'The end of an earlier record at a key does not end the one that took its place.',
    async (context, time) => {
      const { store, expect } = context;
      const [stored, claimed] = [context.key('stored'), context.key('claimed')];
      const old = await time.begin(time.short, async () => {
        await store.store(stored, bytes('old'), time.short);
        return acquire(context, claimed, { lease: time.short });
      });
      const released = await time.before(old.end, async () => {
        await store.remove(stored);
        await store.store(stored, bytes('new'), LONG);
        return store.release(claimed, old.result.token);
      });
      expect.same('release during the lease', released, true);
      await acquire(context, claimed);
      await time.at(old.end);
      await expectCompleted(context, "at the old record's end", stored, bytes('new'));
      const result = await store.claim(claimed, { token: context.token(), lease: LONG });
      expect.inProgress("a claim at the old lease's end", result);
    },
  ),

  timed(
    'shortest',
    'A ttl and a lease of 1 millisecond are kept: accepted, and over afterwards.',
    async (context, time) => {
      const { store, expect } = context;
      const [stored, claimed] = [context.key('stored'), context.key('claimed')];
      const { end } = await time.begin(1, async () => {
        await store.store(stored, bytes('value'), 1);
        await acquire(context, claimed, { lease: 1 });
      });
      await time.at(end);
      expect.same('find after a ttl of 1 ms', await store.find(stored), null);
      const { takeover } = await expectVacant(context, 'after a lease of 1 ms', claimed);
      expect.same('takeover after a lease of 1 ms', takeover, true);
    },
  ),

  rule(
    'long-ttls-do-not-run-over',
    'Ttls and leases up to ten years hold: none runs over into the past.',
    async (context) => {
      const { store, expect } = context;
      for (const length of LENGTHS) {
        const [stored, claimed] = [context.key('stored'), context.key('claimed')];
        await store.store(stored, bytes('value'), length);
        expect.same(`find with a ttl of ${length} ms`, await store.find(stored), bytes('value'));
        await acquire(context, claimed, { lease: length });
        const request = { token: context.token(), lease: LONG };
        const result = await store.claim(claimed, request);
        const what = `a claim by another during a lease of ${length} ms`;
        const { leaseRemaining } = expect.inProgress(what, result);
        const near = leaseRemaining <= length + ROUNDING && leaseRemaining > length - LONG;
        expect.that('leaseRemaining', near, `about ${length} ms`, leaseRemaining);
        await Promise.all([store.remove(stored), store.remove(claimed)]);
      }
    },
  ),

  timed(
    'long-ttl-is-not-cut',
    'A record with a ttl of months lives for months, a claim with a lease of months holds for months.',
    async (context, time) => {
      const { store, expect, clock } = context;
      if (!time.driven)
        throw new RuleSkipped('months cannot be waited for: the clock is not driven');
      const months = 90 * 86_400_000;
      const [stored, claimed] = [context.key('stored'), context.key('claimed')];
      const { end } = await time.begin(months, async () => {
        await store.store(stored, bytes('value'), months);
        await acquire(context, claimed, { lease: months });
      });
      await clock.reach(end.earliest - 1);
      expect.same('find in the last moment of 90 days', await store.find(stored), bytes('value'));
      const request = { token: context.token(), lease: LONG };
      const result = await store.claim(claimed, request);
      expect.inProgress('a claim by another in the last moment of 90 days', result);
      await time.at(end);
      await expectVacant(context, 'after 90 days', stored);
    },
  ),

  untested(
    'ten-years-are-kept',
    'A record with a ttl of ten years lives for ten years.',
    'no suite waits for ten years; the longest ttl is proven to be accepted and not to run over',
  ),
];
