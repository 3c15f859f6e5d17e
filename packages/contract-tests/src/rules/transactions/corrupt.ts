import { isAbsent } from '../../harness.ts';
import type { BoundStore } from '../../harness-transactions.ts';
import type { Rule } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire } from '../kit/steps.ts';
import { family } from '../kit/transactions/family.ts';
import { RESULT } from '../kit/transactions/steps.ts';

const { rule } = family('transactions');

/** A record that cannot be read, met in a transaction. */
export const corruptInsideRules: readonly Rule[] = [
  rule(
    'damage-inside-ends-nothing',
    'An operation in a transaction that meets a damaged record rejects with IDEM_RECORD_CORRUPT and ends nothing: what is written then is rolled back with the rest.',
    async (context) => {
      const { harness, expect, transactions } = context;
      const { plant } = harness;
      if (isAbsent(plant)) throw new RuleSkipped(plant.absent);
      const holders = [];
      for (const label of ['complete', 'store', 'find', 'exists']) {
        const holder = await acquire(context, context.key(label));
        await plant.damage(holder.key);
        holders.push(holder);
      }
      const [completed, stored, found, asked] = holders;
      if (completed === undefined || stored === undefined) return;
      if (found === undefined || asked === undefined) return;
      const calls: readonly ((bound: BoundStore) => Promise<unknown> | undefined)[] = [
        (bound) => bound.complete(completed.key, completed.token, RESULT, LONG),
        (bound) => bound.store?.(stored.key, bytes('new'), LONG),
        (bound) => bound.find?.(found.key),
        (bound) => bound.exists?.(asked.key),
      ];
      for (const call of calls) {
        const tx = await context.begin();
        const [before, after] = [context.key('before'), context.key('after')];
        await tx.effect(before);
        const pending = call(tx.bound);
        if (pending !== undefined) {
          await expect.refused('what meets it', 'IDEM_RECORD_CORRUPT', () => pending);
        }
        // A server may have doomed the transaction by then: it has not ended it.
        await tx.effect(after).catch(() => {});
        await tx.rollback();
        for (const effect of [before, after]) {
          const kept = await transactions.hasEffect(effect);
          expect.same('an effect of a transaction that was rolled back', kept, false);
        }
      }
    },
    { needs: ['plant'] },
  ),
];
