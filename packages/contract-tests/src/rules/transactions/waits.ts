import type { OpenTransaction } from '../../harness-transactions.ts';
import type { Rule } from '../../rule.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, expectHeld, type Holder } from '../kit/steps.ts';
import type { End, Timeline } from '../kit/timeline.ts';
import { Beside } from '../kit/transactions/beside.ts';
import { family } from '../kit/transactions/family.ts';
import { completeIn, completing, RESULT } from '../kit/transactions/steps.ts';
import type { Transacting } from '../kit/transactions/transacting.ts';

const { timed } = family('transactions');

/**
 * Ends the transaction now. What waited for that counts from here at the earliest: answers when
 * something of `time.short` that has begun by then may end, the first instant at which it can have.
 */
async function endNow(
  { clock }: Transacting,
  time: Timeline,
  end: () => Promise<void>,
): Promise<End> {
  const now = await clock.now();
  await end();
  const earliest = Math.floor(now) + time.short - (time.driven ? 0 : ROUNDING);
  return { earliest, latest: earliest };
}

/** Sends what waits, holds the row for longer than it asks for, and ends the transaction. */
async function heldUp<T>(
  context: Transacting,
  time: Timeline,
  call: () => Promise<T>,
  finish: () => Promise<void>,
): Promise<{ readonly answer: T; readonly waited: boolean; readonly end: End }> {
  const beside = await Beside.send(call);
  await time.pass(time.short + ROUNDING);
  const waited = beside.waits;
  const end = await endNow(context, time, finish);
  return { answer: await beside.whenOver(), waited, end };
}

/** A claim that lapsed while its completion, in an open transaction, holds the row. */
async function lapsedAndLocked(
  context: Transacting,
  time: Timeline,
): Promise<{ readonly holder: Holder; readonly tx: OpenTransaction }> {
  const key = context.key();
  const { result: holder, end } = await time.begin(time.short, () =>
    acquire(context, key, { lease: time.short, fingerprint: 'of-the-lapsed' }),
  );
  const tx = await context.begin();
  await time.before(end, () => completeIn(context, tx, holder));
  await time.at(end);
  return { holder, tx };
}

/** What had to wait for a transaction judges, and counts its times, once it goes on. */
export const waitRules: readonly Rule[] = [
  timed(
    'waited-store-lives-its-ttl',
    'What store puts there after it waited for a transaction lives for its whole ttl from then.',
    async (context, time) => {
      const { store, expect } = context;
      const { holder, tx } = await completing(context);
      const put = () => store.store(holder.key, bytes('stored'), time.short);
      const { waited, end } = await heldUp(context, time, put, () => tx.commit());
      if (!waited) return;
      const found = await time.before(end, () => store.find(holder.key));
      expect.same('find after store has waited', found, bytes('stored'));
    },
    { proves: { property: 'moment', moves: ['store'] } },
  ),

  timed(
    'waited-complete-lives-its-ttl',
    'What complete records after it waited for a transaction that was rolled back lives for its whole ttl from then.',
    async (context, time) => {
      const { store, expect } = context;
      const { holder, tx } = await completing(context);
      const { key, token } = holder;
      const complete = () => store.complete(key, token, bytes('outside'), time.short);
      const { answer, waited, end } = await heldUp(context, time, complete, () => tx.rollback());
      expect.same('complete, once it has waited', answer, true);
      if (!waited) return;
      const found = await time.before(end, () => store.find(key));
      expect.same('find after complete has waited', found, bytes('outside'));
    },
    { proves: { property: 'moment', moves: ['complete'] } },
  ),

  timed(
    'waited-renew-holds-its-lease',
    'A lease that renew starts anew after it waited for a transaction holds for its whole length from then.',
    async (context, time) => {
      const { store, expect } = context;
      const { holder, tx } = await completing(context);
      const { key, token } = holder;
      const renew = () => store.renew(key, token, time.short);
      const { answer, waited, end } = await heldUp(context, time, renew, () => tx.rollback());
      expect.same('renew, once it has waited', answer, true);
      if (!waited) return;
      await time.before(end, () => expectHeld(context, 'after renew has waited', key));
    },
    { proves: { property: 'moment', moves: ['renew'] } },
  ),

  timed(
    'waited-claim-again-holds-its-lease',
    'A claim by its own token that waited for a transaction holds for its whole lease from then.',
    async (context, time) => {
      const { store, expect } = context;
      const { holder, tx } = await completing(context);
      const { key, token, fence } = holder;
      const claim = () => store.claim(key, { token, lease: time.short });
      const { answer, waited, end } = await heldUp(context, time, claim, () => tx.rollback());
      expect.same('its fence', expect.acquired('the claim', answer).fence, fence);
      if (!waited) return;
      await time.before(end, () => expectHeld(context, 'after the claim has waited', key));
    },
    { proves: { property: 'moment', moves: ['claim again'] } },
  ),

  timed(
    'waited-claim-holds-its-lease',
    'A claim that waited for the transaction of a lapsed holder is a takeover after the rollback, and holds for its whole lease from then.',
    async (context, time) => {
      const { store, expect } = context;
      const { holder, tx } = await lapsedAndLocked(context, time);
      const { key } = holder;
      const request = { token: context.token(), lease: time.short };
      const claim = () => store.claim(key, request);
      const { answer, waited, end } = await heldUp(context, time, claim, () => tx.rollback());
      const next = expect.acquired('the claim', answer);
      expect.same('its takeover', next.takeover, true);
      expect.that('its fence', next.fence > holder.fence, `more than ${holder.fence}`, next.fence);
      if (!waited) return;
      await time.before(end, () => expectHeld(context, 'after the claim has waited', key));
    },
    { proves: { property: 'moment', moves: ['claim'] } },
  ),

  timed(
    'waited-claims-have-growing-fences',
    'Claims that waited for the same transaction have fences of their own, and the next one a greater.',
    async (context, time) => {
      const { expect } = context;
      const { holder, tx } = await lapsedAndLocked(context, time);
      const { key } = holder;
      const clients = [context.store, await context.open()];
      const asked = await Promise.all(
        Array.from({ length: 4 }, (_, i) => {
          const client = clients[i % clients.length] ?? context.store;
          return Beside.send(() => client.claim(key, { token: context.token(), lease: 1 }));
        }),
      );
      await tx.rollback();
      const fences = [holder.fence];
      for (const beside of asked) {
        const answer = await beside.whenOver();
        if (answer.outcome === 'acquired') fences.push(answer.fence);
      }
      expect.that('acquired', fences.length > 1, 'one claim at least', fences.length - 1);
      expect.same('different fences', new Set(fences).size, fences.length);
      await time.pass(2);
      const next = await acquire(context, key);
      const most = Math.max(...fences);
      expect.that(
        'the fence of the next claim',
        next.fence > most,
        `more than ${most}`,
        next.fence,
      );
    },
    { proves: { property: 'moment', moves: ['claim'] } },
  ),

  timed(
    'renewal-beside-a-waiting-claim',
    'A claim that waits for a transaction does not take over a lease that was renewed meanwhile.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result: holder, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      const { token } = holder;
      const [first, second] = [await context.begin(), await context.begin()];
      const other = await context.open();
      const request = { token: context.token(), lease: LONG };
      // Behind the first: the renewal, then the second transaction, and behind that the claim.
      const [renewing, claiming] = await time.before(end, async () => {
        await completeIn(context, first, holder);
        const renewal = await Beside.send(() => store.renew(key, token, LONG));
        await Beside.send(() => second.bound.complete(key, token, RESULT, LONG));
        const claim = await Beside.send(() => other.claim(key, request));
        await first.rollback();
        await renewal.arrive();
        return [renewal, claim] as const;
      });
      await time.at(end);
      await second.rollback();
      const [renewed, claimed] = [await renewing.whenOver(), await claiming.whenOver()];
      const both = renewed && claimed.outcome === 'acquired';
      const seen = `renew ${renewed}, claim ${claimed.outcome}`;
      expect.that('of renew and takeover', !both, 'one at most', seen);
      if (renewed) expect.same('renew again', await store.renew(key, token, LONG), true);
    },
    { proves: { property: 'moment', moves: ['claim', 'renew'] } },
  ),

  timed(
    'claim-again-beside-a-waiting-claim',
    'A claim that waits for a transaction does not take over a lease that its holder, by a claim that waited too, has started anew.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result: holder, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      const tx = await context.begin();
      const other = await context.open();
      const own = await time.before(end, async () => {
        await completeIn(context, tx, holder);
        return Beside.send(() => store.claim(key, { token: holder.token, lease: LONG }));
      });
      await time.at(end);
      const request = { token: context.token(), lease: LONG };
      const another = await Beside.send(() => other.claim(key, request));
      await tx.rollback();
      const outcomes = [(await own.whenOver()).outcome, (await another.whenOver()).outcome];
      const acquired = outcomes.filter((outcome) => outcome === 'acquired');
      const seen = `the holder ${outcomes[0]}, another ${outcomes[1]}`;
      expect.that('acquired', acquired.length === 1, 'one of the two', seen);
    },
    { proves: { property: 'moment', moves: ['claim', 'claim again'] } },
  ),

  timed(
    'waited-release-is-of-one-moment',
    'A release that waited past the end of the lease either released the claim, and no takeover is owed, or did not, and one is.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result: holder, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      const tx = await context.begin();
      await time.before(end, () => completeIn(context, tx, holder));
      const released = await Beside.send(() => store.release(key, holder.token));
      await time.at(end);
      await tx.rollback();
      const answer = await released.whenOver();
      const { takeover } = await acquire(context, key, { what: 'a claim after it' });
      expect.same(`takeover after a release that was ${answer}`, takeover, !answer);
    },
    { proves: { property: 'moment', moves: ['release'] } },
  ),

  timed(
    'waited-remove-leaves-what-is-owed',
    'A remove of a lapsed claim that waited for a transaction removes nothing: the next claim is a takeover.',
    async (context, time) => {
      const { store, expect } = context;
      const { holder, tx } = await lapsedAndLocked(context, time);
      const removed = await Beside.send(() => store.remove(holder.key));
      await tx.rollback();
      await removed.whenOver();
      const { takeover } = await acquire(context, holder.key, { what: 'a claim after it' });
      expect.same('takeover of the next claim', takeover, true);
    },
    { proves: { property: 'moment', moves: ['remove'] } },
  ),
];
