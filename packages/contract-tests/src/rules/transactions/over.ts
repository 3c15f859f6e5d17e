import { isIdempotencyError } from '@idem/core';
import type { OpenTransaction } from '../../harness-transactions.ts';
import type { Rule } from '../../rule.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectCompleted, expectHeld } from '../kit/steps.ts';
import { boundCalls } from '../kit/transactions/bound-calls.ts';
import { family } from '../kit/transactions/family.ts';
import { completeIn, completing, RESULT } from '../kit/transactions/steps.ts';
import { able, type Transacting } from '../kit/transactions/transacting.ts';

const { rule } = family('transactions');

/** Expects that every operation rejects as one of a store that failed, and does nothing. */
async function expectRefused(
  context: Transacting,
  what: string,
  end: (tx: OpenTransaction) => Promise<void>,
): Promise<void> {
  const { expect } = context;
  const tx = await context.begin();
  const { calls, expectUndone } = await boundCalls(context, tx.bound);
  await tx.effect(context.key('effect'));
  await end(tx);
  for (const [name, call] of calls) {
    const error = await expect.rejected(`${name} ${what}`, 'IDEM_STORE_FAILED', call);
    const told = isIdempotencyError(error) && error.code.startsWith('IDEM_STORE_');
    if (error !== undefined) expect.that(`${name} ${what}`, told, 'a code IDEM_STORE_…', error);
  }
  await tx.rollback().catch(() => {});
  await expectUndone(`after operations ${what}`);
}

/** What becomes of a store whose transaction is over, doomed, or unheard of. */
export const overRules: readonly Rule[] = [
  rule(
    'committed-is-refused',
    'After the commit every operation that was bound to the transaction rejects, and nothing is written outside it.',
    (context) => expectRefused(context, 'after the commit', (tx) => tx.commit()),
  ),

  rule(
    'rolled-back-is-refused',
    'After the rollback every operation that was bound to the transaction rejects, and nothing is written outside it.',
    (context) => expectRefused(context, 'after the rollback', (tx) => tx.rollback()),
  ),

  rule(
    'doomed-is-refused',
    'Once the server has doomed or ended the transaction every operation bound to it rejects, and nothing is written outside it.',
    (context) => expectRefused(context, 'once it is doomed', (tx) => able(tx.doom)()),
  ),

  rule(
    'ended-unseen-is-refused',
    'When a statement has ended the transaction unseen by its library every operation bound to it rejects, and nothing is written outside it.',
    (context) =>
      expectRefused(context, 'after a rollback that nobody saw', (tx) => able(tx.endUnseen)()),
  ),

  rule(
    'doomed-records-nothing',
    'What was recorded before the transaction was doomed is not committed, whatever the application does then.',
    async (context) => {
      const { transactions, expect } = context;
      const { holder, tx } = await completing(context);
      const effect = context.key('effect');
      await tx.effect(effect);
      await able(tx.doom)();
      await tx.commit().catch(() => tx.rollback().catch(() => {}));
      expect.same('the effect', await transactions.hasEffect(effect), false);
      await expectHeld(context, 'the claim', holder.key);
    },
  ),

  rule(
    'lost-commit-is-settled',
    'When the reply of the commit was lost, a claim by its own token tells what became of it, and complete outside is true.',
    async (context) => {
      const { store, expect } = context;
      const { holder, tx } = await completing(context, 'print');
      await able(tx.commitUnheard)();
      const { key, token } = holder;
      const claim = await store.claim(key, { token, lease: LONG });
      const completed = { outcome: 'completed', value: RESULT, fingerprint: 'print' };
      expect.same('the claim by its own token', claim, completed);
      const outside = await store.complete(key, token, bytes('second'), LONG);
      expect.same('complete outside, repeated', outside, true);
      const second = await context.begin();
      const inside = await second.bound.complete(key, token, bytes('second'), LONG);
      expect.same('complete in a second transaction', inside, false);
      await second.rollback();
      await expectCompleted(context, 'in the end', key, RESULT, 'print');
    },
  ),

  rule(
    'close-leaves-the-transaction',
    'close of the store ends no transaction of the application: it commits what it has written.',
    async (context) => {
      const { transactions, expect, client } = context;
      const other = await context.open();
      const { key, token } = await acquire(context, context.key());
      const tx = await context.begin();
      const effect = context.key('effect');
      await tx.effect(effect);
      expect.same('complete', await tx.bound.complete(key, token, RESULT, LONG), true);
      await client.store.close();
      await tx.commit();
      expect.same('the effect', await transactions.hasEffect(effect), true);
      expect.same('find of the record', await other.find(key), RESULT);
    },
  ),

  rule(
    'next-transaction-is-clean',
    'A transaction begun after one that was rolled back, committed or doomed works as the first did.',
    async (context) => {
      const { store, expect } = context;
      const ends: readonly ((tx: OpenTransaction) => Promise<void>)[] = [
        (tx) => tx.rollback(),
        (tx) => tx.commit(),
      ];
      for (const end of ends) {
        const { tx } = await completing(context);
        await end(tx);
        const holder = await acquire(context, context.key());
        const next = await context.begin();
        await completeIn(context, next, holder);
        await next.commit();
        expect.same('find after the next one', await store.find(holder.key), RESULT);
      }
    },
  ),
];
