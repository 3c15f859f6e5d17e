import type { OpenTransaction } from '../../harness-transactions.ts';
import type { Rule } from '../../rule.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectHeld, expectVacant, type Holder } from '../kit/steps.ts';
import type { End, Timeline } from '../kit/timeline.ts';
import { Beside } from '../kit/transactions/beside.ts';
import { family } from '../kit/transactions/family.ts';
import { completeIn, lacks, RESULT } from '../kit/transactions/steps.ts';
import type { Transacting } from '../kit/transactions/transacting.ts';

const { timed } = family('transactions');

/** A transaction that has begun at the server too: a clock that is the transaction's stands still from here. */
async function begun(context: Transacting): Promise<OpenTransaction> {
  const tx = await context.begin();
  await tx.effect(context.key('effect'));
  return tx;
}

/** A claim with a short lease, and a transaction that has begun while it holds. */
async function heldThenBegun(
  context: Transacting,
  time: Timeline,
): Promise<{ readonly holder: Holder; readonly end: End; readonly tx: OpenTransaction }> {
  const key = context.key();
  const { result: holder, end } = await time.begin(time.short, () =>
    acquire(context, key, { lease: time.short, fingerprint: 'print' }),
  );
  const tx = await time.before(end, () => begun(context));
  return { holder, end, tx };
}

/** In a transaction the clock goes on: what counts is now, not when the transaction began. */
export const momentRules: readonly Rule[] = [
  timed(
    'lapse-is-seen-inside',
    'A lease that ended since the transaction began has ended for complete in it: false, and the takeover stays owed.',
    async (context, time) => {
      const { holder, end, tx } = await heldThenBegun(context, time);
      await time.at(end);
      const done = await tx.bound.complete(holder.key, holder.token, RESULT, LONG);
      context.expect.same("complete at the lease's end", done, false);
      await tx.commit();
      const { takeover } = await expectVacant(context, 'after the commit', holder.key);
      context.expect.same('takeover of the next claim', takeover, true);
    },
    { proves: { property: 'moment', moves: ['complete'] } },
  ),

  timed(
    'overtaken-while-open',
    'A holder that is overtaken while its transaction is open is told so by complete, and its writes are rolled back.',
    async (context, time) => {
      const { store, expect, transactions } = context;
      const { holder, end, tx } = await heldThenBegun(context, time);
      const effect = context.key('its effect');
      await tx.effect(effect);
      await time.at(end);
      const token = context.token();
      const request = { token, lease: LONG, fingerprint: 'of-the-next' };
      const next = await Beside.send(() => store.claim(holder.key, request));
      const done = await tx.bound.complete(holder.key, holder.token, RESULT, LONG);
      expect.same('complete by the overtaken holder', done, false);
      await tx.rollback();
      const { takeover } = expect.acquired("the other's claim", await next.whenOver());
      expect.same('its takeover', takeover, true);
      expect.same('the effect', await transactions.hasEffect(effect), false);
      await expectHeld(context, 'afterwards', holder.key, 'of-the-next');
    },
  ),

  timed(
    'ttl-counts-from-complete',
    'The ttl of a result that is recorded in a transaction counts from complete, not from when the transaction began.',
    async (context, time) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      const tx = await begun(context);
      await time.pass(time.short);
      const { result: done, end } = await time.begin(time.short, () =>
        tx.bound.complete(key, token, RESULT, time.short),
      );
      expect.same('complete', done, true);
      await tx.commit();
      const found = await time.before(end, () => store.find(key));
      expect.same('find after the commit', found, RESULT);
      await time.at(end);
      expect.same('find at the end of the ttl', await store.find(key), null);
    },
    { proves: { property: 'moment', moves: ['complete'] } },
  ),

  timed(
    'ttl-may-end-before-the-commit',
    'A result whose ttl ends before its commit is vacant once it is committed, and nobody is owed a takeover.',
    async (context, time) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      const tx = await context.begin();
      const { result: done, end } = await time.begin(time.short, () =>
        tx.bound.complete(key, token, RESULT, time.short),
      );
      expect.same('complete', done, true);
      await time.at(end);
      await tx.commit();
      const late = await store.complete(key, token, bytes('second'), LONG);
      expect.same('complete outside', late, false);
      const { takeover } = await expectVacant(context, 'after the commit', key);
      expect.same('takeover of the next claim', takeover, false);
    },
  ),

  timed(
    'store-inside-counts-from-now',
    'The ttl of what store puts there in a transaction counts from store, not from when the transaction began.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const tx = await begun(context);
      const { bound } = tx;
      if (bound.store === undefined) return lacks('store');
      const put = bound.store.bind(bound);
      await time.pass(time.short);
      const { end } = await time.begin(time.short, () => put(key, RESULT, time.short));
      await tx.commit();
      const found = await time.before(end, () => store.find(key));
      expect.same('find after the commit', found, RESULT);
    },
    { proves: { property: 'moment', moves: ['store'] } },
  ),

  timed(
    'reads-inside-go-by-now',
    'A record that expired since the transaction began has expired for find and exists in it.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { end } = await time.begin(time.short, () => store.store(key, RESULT, time.short));
      const tx = await time.before(end, () => begun(context));
      const { bound } = tx;
      if (bound.find === undefined) return lacks('find');
      if (bound.exists === undefined) return lacks('exists');
      await time.at(end);
      expect.same('find at the end of the ttl', await bound.find(key), null);
      expect.same('exists at the end of the ttl', await bound.exists(key), false);
    },
    { proves: { property: 'moment', moves: ['find', 'exists'] } },
  ),

  timed(
    'remove-inside-leaves-what-is-owed',
    'remove in a transaction of a claim that lapsed since the transaction began removes nothing: the next claim is a takeover.',
    async (context, time) => {
      const { expect } = context;
      const { holder, end, tx } = await heldThenBegun(context, time);
      const { bound } = tx;
      if (bound.remove === undefined) return lacks('remove');
      await time.at(end);
      await bound.remove(holder.key);
      await tx.commit();
      const { takeover } = await acquire(context, holder.key);
      expect.same('takeover of the next claim', takeover, true);
    },
    { proves: { property: 'moment', moves: ['remove'] } },
  ),

  timed(
    'lease-may-end-before-the-commit',
    'What complete recorded while the lease held is committed though the lease ends before: nobody takes over meanwhile.',
    async (context, time) => {
      const { store, expect } = context;
      const { holder, end, tx } = await heldThenBegun(context, time);
      await time.before(end, () => completeIn(context, tx, holder));
      await time.at(end);
      const { key, token } = holder;
      const other = await context.open();
      const claims = [
        await Beside.send(() => other.claim(key, { token: context.token(), lease: LONG })),
        await Beside.send(() => store.claim(key, { token, lease: LONG })),
      ];
      await tx.commit();
      const completed = { outcome: 'completed', value: RESULT, fingerprint: 'print' };
      for (const claim of claims) {
        expect.same('a claim made meanwhile', await claim.whenOver(), completed);
      }
      expect.same('find after the commit', await store.find(key), RESULT);
    },
  ),

  timed(
    'lapse-while-open-is-told',
    'When the lease ends while the transaction is open the key is vacant for inspect, find and exists, and owed a takeover that a rollback leaves owed.',
    async (context, time) => {
      const { store, expect } = context;
      const { holder, end, tx } = await heldThenBegun(context, time);
      await time.before(end, () => completeIn(context, tx, holder));
      await time.at(end);
      const { key, fence } = holder;
      const inspect = await Beside.send(() => store.inspect(key));
      const find = await Beside.send(() => store.find(key));
      const exists = await Beside.send(() => store.exists(key));
      const request = { token: context.token(), lease: LONG };
      await tx.rollback();
      const told = await inspect.whenOver();
      expect.same('inspect after the lapse', told, { state: 'vacant', takeover: true });
      expect.same('find after the lapse', await find.whenOver(), null);
      expect.same('exists after the lapse', await exists.whenOver(), false);
      const next = expect.acquired('a claim', await store.claim(key, request));
      expect.same('its takeover', next.takeover, true);
      expect.that('its fence', next.fence > fence, `more than ${fence}`, next.fence);
    },
    { proves: { property: 'moment', moves: ['inspect'] } },
  ),
];
