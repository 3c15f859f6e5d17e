import type { OpenTransaction } from '../../harness-transactions.ts';
import type { Rule } from '../../rule.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, acquireAndComplete, expectHeld, expectVacant } from '../kit/steps.ts';
import { Beside } from '../kit/transactions/beside.ts';
import { family } from '../kit/transactions/family.ts';
import { holdOf, levelsOf } from '../kit/transactions/holding.ts';
import { RESULT } from '../kit/transactions/steps.ts';
import type { Transacting } from '../kit/transactions/transacting.ts';

const { rule, timed } = family('transactions');

/** Who keeps the claim while a transaction lasts, where the store says so before the function (`hold`). */
export const holdingRules: readonly Rule[] = [
  rule(
    'held-for-the-holder-alone',
    'hold keeps the claim for nobody who does not hold it, and is never lost for who does; it writes nothing for the others, and leaves the transaction usable.',
    async (context) => {
      const { store, expect, transactions } = context;
      for (const [level, at] of levelsOf(context)) {
        const held = await acquire(context, context.key('held'), { fingerprint: 'print' });
        const released = await acquire(context, context.key('released'));
        await store.release(released.key, released.token);
        const stored = await acquire(context, context.key('stored'));
        await store.store(stored.key, bytes('stored'), LONG);
        const completed = await acquireAndComplete(context, context.key('completed'), RESULT);
        const vacant = context.key('vacant');
        const tx = await context.begin(level);
        const hold = holdOf(tx);
        const strangers = [
          ['by another token', held.key, context.token()],
          ['of a vacant key', vacant, context.token()],
          ['after release', released.key, released.token],
          ['of a stored record', stored.key, stored.token],
          ['of what its token completed', completed.key, completed.token],
        ] as const;
        for (const [what, key, token] of strangers) {
          notHeld(context, `hold ${what}${at}`, await hold(key, token, LONG));
        }
        const answer = await hold(held.key, held.token, LONG);
        const right = answer === 'held' || answer === 'renewed';
        expect.that(`hold by the holder${at}`, right, "'held' or 'renewed'", answer);
        const effect = context.key('effect');
        await tx.effect(effect);
        await tx.commit();
        expect.same(`the effect${at}`, await transactions.hasEffect(effect), true);
        await expectHeld(context, `the claim after the commit${at}`, held.key, 'print');
        expect.same(`exists of the vacant key${at}`, await store.exists(vacant), false);
        expect.same(`release by the holder${at}`, await store.release(held.key, held.token), true);
      }
    },
  ),

  rule(
    'held-while-open-alone',
    'After its end a transaction keeps no claim: hold rejects, or does not say that it does.',
    async (context) => {
      for (const [level, at] of levelsOf(context)) {
        for (const end of ['commit', 'rollback'] as const) {
          const { key, token } = await acquire(context, context.key(), { fingerprint: 'print' });
          const tx = await context.begin(level);
          const hold = holdOf(tx);
          await tx.effect(context.key('effect'));
          await tx[end]();
          const answer = await hold(key, token, LONG).catch(() => 'lost');
          notHeld(context, `hold after ${end}${at}`, answer);
          await expectHeld(context, `the claim after it${at}`, key, 'print');
        }
      }
    },
  ),

  rule(
    'renewed-beside-is-renewed',
    'Where hold says renewed, a renewal beside the transaction is answered while it is open, and its complete is true after that, at whichever level it runs.',
    async (context) => {
      const { store, expect } = context;
      for (const [level, at] of levelsOf(context)) {
        const { key, token } = await acquire(context, context.key());
        const tx = await context.begin(level);
        if ((await holdOf(tx)(key, token, LONG)) === 'renewed') {
          const renewal = await Beside.send(() => store.renew(key, token, LONG));
          const renewed = await renewal.early(context, `a renewal beside hold${at}`);
          expect.same(`a renewal beside hold${at}`, renewed, true);
        }
        const done = await tx.bound.complete(key, token, RESULT, LONG);
        expect.same(`complete after hold${at}`, done, true);
        await tx.commit();
        expect.same(`find after the commit${at}`, await store.find(key), RESULT);
      }
    },
  ),

  timed(
    'hold-sees-the-lapse',
    'hold keeps no claim whose lease has ended, also since the transaction began, and the takeover stays owed.',
    async (context, time) => {
      const { expect } = context;
      for (const [level, at] of levelsOf(context)) {
        const key = context.key();
        const { result: holder, end } = await time.begin(time.short, () =>
          acquire(context, key, { lease: time.short }),
        );
        const tx = await time.before(end, () => context.begin(level));
        await time.at(end);
        const answer = await holdOf(tx)(key, holder.token, LONG);
        notHeld(context, `hold at the lease's end${at}`, answer);
        await tx.commit();
        const { takeover } = await expectVacant(context, `after the commit${at}`, key);
        expect.same(`takeover of the next claim${at}`, takeover, true);
      }
    },
  ),

  timed(
    'held-outlasts-the-lease',
    'Where hold says held, nobody takes the claim over before the transaction ends, though its lease does, and its complete is true for as long as hold was asked for.',
    async (context, time) => {
      const { store, expect } = context;
      for (const [level, at] of levelsOf(context)) {
        const key = context.key();
        const { result: holder, end } = await time.begin(time.short, () =>
          acquire(context, key, { lease: time.short, fingerprint: 'print' }),
        );
        const { token } = holder;
        const { tx, held } = await time.before(end, () => begunHeld(context.begin(level)));
        if (!(await time.before(end, () => held(key, token)))) continue;
        await time.at(end);
        const other = await context.open();
        const request = { token: context.token(), lease: LONG };
        const claim = await Beside.send(() => other.claim(key, request));
        const complete = tx.bound.complete(key, token, RESULT, LONG);
        const done = await complete.catch((error: unknown) => error);
        expect.same(`complete after the lease${at}`, done, true);
        await (done === true ? tx.commit() : tx.rollback());
        const { outcome } = await claim.whenOver();
        const refused = outcome === 'completed' || outcome === 'in-progress';
        expect.that(`another's claim meanwhile${at}`, refused, 'not acquired', outcome);
        if (done === true) expect.same(`find after the commit${at}`, await store.find(key), RESULT);
      }
    },
  ),

  timed(
    'held-ends-with-the-transaction',
    'What hold keeps is kept no longer than the transaction: after a rollback the claim has the lease that it had, and lapses with a takeover owed.',
    async (context, time) => {
      const { expect } = context;
      for (const [level, at] of levelsOf(context)) {
        const key = context.key();
        const { result: holder, end } = await time.begin(time.short, () =>
          acquire(context, key, { lease: time.short, fingerprint: 'print' }),
        );
        const { tx, held } = await time.before(end, () => begunHeld(context.begin(level)));
        await time.before(end, async () => {
          await held(key, holder.token);
          await tx.rollback();
          await expectHeld(context, `after the rollback${at}`, key, 'print');
        });
        await time.at(end);
        const { takeover, fence } = await expectVacant(context, `at the lease's end${at}`, key);
        expect.same(`takeover of the next claim${at}`, takeover, true);
        expect.that(`its fence${at}`, fence > holder.fence, `more than ${holder.fence}`, fence);
      }
    },
  ),
];

/** Whoever is told `renewed` learns by the next renewal, and by complete, that nothing is held. */
function notHeld({ expect }: Transacting, what: string, answer: unknown): void {
  expect.that(what, answer === 'lost' || answer === 'renewed', "'lost' or 'renewed'", answer);
}

/** The transaction, and whether it keeps a claim when it is asked to. */
async function begunHeld(begun: Promise<OpenTransaction>): Promise<{
  readonly tx: OpenTransaction;
  readonly held: (key: string, token: string) => Promise<boolean>;
}> {
  const tx = await begun;
  const hold = holdOf(tx);
  return { tx, held: async (key, token) => (await hold(key, token, LONG)) === 'held' };
}
