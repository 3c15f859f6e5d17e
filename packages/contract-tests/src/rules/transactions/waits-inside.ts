import type { OpenTransaction } from '../../harness-transactions.ts';
import type { Rule } from '../../rule.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, expectVacant, type Holder } from '../kit/steps.ts';
import type { Timeline } from '../kit/timeline.ts';
import { Beside } from '../kit/transactions/beside.ts';
import { family } from '../kit/transactions/family.ts';
import { completeIn, lacks, RESULT } from '../kit/transactions/steps.ts';
import type { Transacting } from '../kit/transactions/transacting.ts';

const { timed } = family('transactions');

interface Blocked {
  readonly holder: Holder;
  /** What holds the row. */
  readonly first: OpenTransaction;
  /** What waits for it. */
  readonly second: OpenTransaction;
  /** Waits until the lease of the holder has ended. */
  lapse(): Promise<void>;
}

/** A claim with a short lease whose row one transaction has locked, and a second transaction. */
async function blocked(context: Transacting, time: Timeline): Promise<Blocked> {
  const key = context.key();
  const { result: holder, end } = await time.begin(time.short, () =>
    acquire(context, key, { lease: time.short, fingerprint: 'print' }),
  );
  const [first, second] = [await context.begin(), await context.begin()];
  await time.before(end, () => completeIn(context, first, holder));
  return { holder, first, second, lapse: () => time.at(end) };
}

/** What had to wait in a transaction, for another one, goes by the moment at which it goes on. */
export const waitInsideRules: readonly Rule[] = [
  timed(
    'waited-complete-inside-sees-the-lapse',
    'complete in a transaction that waited for another past the end of its lease is false, or rejects as retryable, and the takeover stays owed.',
    async (context, time) => {
      const { expect } = context;
      const { holder, first, second, lapse } = await blocked(context, time);
      const { key, token } = holder;
      const complete = await Beside.send(() => second.bound.complete(key, token, RESULT, LONG));
      await lapse();
      await first.rollback();
      const done = await complete.whenSettled();
      expect.that('complete, once it has waited past its lease', done !== true, 'not true', done);
      await (done === false ? second.commit() : second.rollback());
      const { takeover } = await expectVacant(context, 'afterwards', key);
      expect.same('takeover of the next claim', takeover, true);
    },
    { proves: { property: 'moment', moves: ['complete'] } },
  ),

  timed(
    'waited-complete-inside-lives-its-ttl',
    'What complete records in a transaction after it waited for another lives for its whole ttl from then.',
    async (context, time) => {
      const { store, expect, clock } = context;
      const { key, token } = await acquire(context, context.key());
      const [first, second] = [await context.begin(), await context.begin()];
      await first.bound.complete(key, token, RESULT, LONG);
      const complete = await Beside.send(() =>
        second.bound.complete(key, token, bytes('second'), time.short),
      );
      await time.pass(time.short + ROUNDING);
      const earliest = Math.floor(await clock.now()) + time.short - (time.driven ? 0 : ROUNDING);
      await first.rollback();
      const done = await complete.whenSettled();
      if (done !== true) return second.rollback();
      await second.commit();
      const end = { earliest, latest: earliest };
      const found = await time.before(end, () => store.find(key));
      expect.same('find after complete has waited', found, bytes('second'));
    },
    { proves: { property: 'moment', moves: ['complete'] } },
  ),

  timed(
    'waited-remove-inside-leaves-what-is-owed',
    'remove in a transaction that waited for another past the end of a lease removes nothing: the takeover stays owed.',
    async (context, time) => {
      const { holder, first, second, lapse } = await blocked(context, time);
      const { bound } = second;
      if (bound.remove === undefined) return lacks('remove');
      const remove = bound.remove.bind(bound);
      const removed = await Beside.send(() => remove(holder.key).then(() => true));
      await lapse();
      await first.rollback();
      const done = await removed.whenSettled();
      await (done === true ? second.commit() : second.rollback());
      const { takeover } = await acquire(context, holder.key, { what: 'a claim after it' });
      context.expect.same('takeover of the next claim', takeover, true);
    },
    { proves: { property: 'moment', moves: ['remove'] } },
  ),

  timed(
    'waited-remove-past-a-lease',
    'A remove that waited for a transaction past the end of the lease of a claim removes nothing: the next claim is a takeover.',
    async (context, time) => {
      const { store, expect } = context;
      const { holder, first, lapse } = await blocked(context, time);
      const removed = await Beside.send(() => store.remove(holder.key));
      const waited = removed.waits;
      await lapse();
      await first.rollback();
      await removed.whenOver();
      if (!waited) return;
      const { takeover } = await acquire(context, holder.key, { what: 'a claim after it' });
      expect.same('takeover of the next claim', takeover, true);
    },
    { proves: { property: 'moment', moves: ['remove'] } },
  ),

  timed(
    'waited-release-sees-the-lapse',
    'A release or a renewal that waited for a transaction past the end of the lease is false, and the takeover stays owed.',
    async (context, time) => {
      const { store, expect } = context;
      for (const what of ['release', 'renew'] as const) {
        const { holder, first, lapse } = await blocked(context, time);
        const { key, token } = holder;
        const sent = await Beside.send(() =>
          what === 'release' ? store.release(key, token) : store.renew(key, token, LONG),
        );
        const waited = sent.waits;
        await lapse();
        await first.rollback();
        const answer = await sent.whenOver();
        if (!waited) continue;
        expect.same(`${what}, once it has waited past the lease`, answer, false);
        const { takeover } = await acquire(context, key, { what: `a claim after ${what}` });
        expect.same(`takeover after ${what}`, takeover, true);
      }
    },
    { proves: { property: 'moment', moves: ['release', 'renew'] } },
  ),

  timed(
    'each-operation-inside-has-its-moment',
    'Each operation in a transaction goes by the time at which it acts, and not by that of the operation before.',
    async (context, time) => {
      const { expect } = context;
      const [held, other] = [context.key(), context.key('other')];
      const first = await acquire(context, other);
      const stored = context.key('stored');
      const { result: holder, end } = await time.begin(time.short, async () => {
        await context.store.store(stored, RESULT, time.short);
        return acquire(context, held, { lease: time.short });
      });
      const tx = await time.before(end, async () => {
        const begun = await context.begin();
        await completeIn(context, begun, first);
        for (const key of [held, stored]) {
          await begun.bound.find?.(key);
          await begun.bound.exists?.(key);
        }
        return begun;
      });
      await time.at(end);
      const found = (await tx.bound.find?.(stored)) ?? null;
      expect.same("find at the ttl's end, after other operations", found, null);
      const isThere = (await tx.bound.exists?.(stored)) ?? false;
      expect.same("exists at the ttl's end, after other operations", isThere, false);
      const done = await tx.bound.complete(held, holder.token, RESULT, LONG);
      expect.same("complete at the lease's end, after other operations", done, false);
      await tx.rollback();
      const { takeover } = await expectVacant(context, 'afterwards', held);
      expect.same('takeover of the next claim', takeover, true);
    },
    { proves: { property: 'moment', moves: ['complete'] } },
  ),
];
