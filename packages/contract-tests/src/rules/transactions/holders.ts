import type { Rule } from '../../rule.ts';
import { lookalikes } from '../kit/lookalikes.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, acquireAndComplete, expectCompleted, expectHeld } from '../kit/steps.ts';
import { family } from '../kit/transactions/family.ts';
import { completeIn, completing, RESULT } from '../kit/transactions/steps.ts';

const { rule, timed } = family('transactions');

/** Who may complete in a transaction: the holder of the claim, once. */
export const holderRules: readonly Rule[] = [
  rule(
    'not-held-is-false',
    'complete in a transaction is false for who does not hold the claim, writes nothing, and leaves the transaction usable.',
    async (context) => {
      const { store, expect, transactions } = context;
      const held = await acquire(context, context.key('held'), { fingerprint: 'print' });
      const vacant = context.key('vacant');
      const released = await acquire(context, context.key('released'));
      await store.release(released.key, released.token);
      const stored = await acquire(context, context.key('stored'));
      await store.store(stored.key, bytes('stored'), LONG);
      const completed = await acquireAndComplete(context, context.key('completed'), bytes('kept'));
      const tx = await context.begin();
      const attempts = [
        ['by another token', held.key, context.token()],
        ['of a vacant key', vacant, context.token()],
        ['after release', released.key, released.token],
        ['of a stored record', stored.key, stored.token],
        ['of a record that another token completed', completed.key, context.token()],
      ] as const;
      for (const [what, key, token] of attempts) {
        const done = await tx.bound.complete(key, token, RESULT, LONG);
        expect.same(`complete ${what}`, done, false);
      }
      const effect = context.key('effect');
      await tx.effect(effect);
      await tx.commit();
      expect.same('the effect', await transactions.hasEffect(effect), true);
      await expectHeld(context, 'the held key', held.key, 'print');
      for (const key of [vacant, released.key]) {
        expect.same('exists of a key that was vacant', await store.exists(key), false);
      }
      expect.same('find of the stored key', await store.find(stored.key), bytes('stored'));
      await expectCompleted(context, 'the completed key', completed.key, bytes('kept'));
    },
  ),

  rule(
    'tokens-are-exact',
    'complete in a transaction compares tokens whole: one that looks alike is false.',
    async (context) => {
      const { expect } = context;
      const key = context.key();
      const token = `${context.token()}aB`;
      await context.store.claim(key, { token, lease: LONG });
      const tx = await context.begin();
      for (const [what, lookalike] of lookalikes(token)) {
        const done = await tx.bound.complete(key, lookalike, RESULT, LONG);
        expect.same(`complete by the token ${what}`, done, false);
      }
      await tx.commit();
      await expectHeld(context, 'afterwards', key);
    },
  ),

  timed(
    'overtaken-is-false',
    'complete in a transaction is false for a holder that another has overtaken, and touches nothing.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result: late, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      const next = await acquire(context, key, { fingerprint: 'of-the-next' });
      const tx = await context.begin();
      const done = await tx.bound.complete(key, late.token, RESULT, LONG);
      expect.same('complete by the overtaken holder', done, false);
      await tx.commit();
      await expectHeld(context, 'afterwards', key, 'of-the-next');
      const second = await context.begin();
      await completeIn(context, second, next);
      await second.commit();
      expect.same('find in the end', await store.find(key), RESULT);
    },
  ),

  rule(
    'twice-is-false',
    'complete is true only for the call that wrote the record: a second one in the same transaction is false, and changes nothing.',
    async (context) => {
      const { store, expect } = context;
      const { holder, tx } = await completing(context);
      const again = await tx.bound.complete(holder.key, holder.token, bytes('second'), LONG);
      expect.same('complete, repeated in the transaction', again, false);
      await tx.commit();
      expect.same('find after the commit', await store.find(holder.key), RESULT);
    },
  ),

  rule(
    'completed-before-is-false',
    'complete in a transaction is false for a record that was there before, also by the token that made it; outside it is true.',
    async (context) => {
      const { store, expect } = context;
      const outside = await acquireAndComplete(context, context.key('outside'), RESULT);
      const { holder: inside, tx: first } = await completing(context);
      await first.commit();
      const tx = await context.begin();
      for (const { key, token } of [outside, inside]) {
        const done = await tx.bound.complete(key, token, bytes('second'), LONG);
        expect.same('complete of what was there before', done, false);
      }
      await tx.commit();
      for (const { key, token } of [outside, inside]) {
        expect.same('find of it', await store.find(key), RESULT);
        const again = await store.complete(key, token, bytes('second'), LONG);
        expect.same('complete outside', again, true);
      }
    },
  ),
];
