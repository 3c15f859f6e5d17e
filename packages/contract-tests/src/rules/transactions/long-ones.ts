import type { OpenTransaction } from '../../harness-transactions.ts';
import type { Rule } from '../../rule.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, type Holder } from '../kit/steps.ts';
import { family } from '../kit/transactions/family.ts';
import { levelsOf } from '../kit/transactions/holding.ts';
import { RESULT } from '../kit/transactions/steps.ts';
import type { Transacting } from '../kit/transactions/transacting.ts';

const { rule } = family('transactions');

/** Milliseconds: longer than what is right at the beginning of a transaction may rest on. */
const AGE = 1_100;

interface Aging {
  readonly at: string;
  readonly holder: Holder;
  readonly tx: OpenTransaction;
  /** Who keeps the claim until then, where the store says so. */
  readonly held: boolean;
}

/** A transaction that has begun at the server, and keeps the claim where it can. */
async function aging(context: Transacting, level: string | undefined, at: string): Promise<Aging> {
  const holder = await acquire(context, context.key('held'), { fingerprint: 'print' });
  const tx = await context.begin(level);
  if (level === undefined) await tx.effect(context.key('effect'));
  const answer = await tx.bound.hold?.(holder.key, holder.token, LONG);
  return { at, holder, tx, held: level === undefined || answer === 'held' };
}

/** A transaction that is a second old works as it did at first. */
export const longTransactionRules: readonly Rule[] = [
  rule(
    'old-ones-work',
    'Each operation works in a transaction that began more than a second ago, and what hold kept is kept still, at whichever level.',
    async (context) => {
      const { store, expect, clock } = context;
      const [stored, replaced] = [context.key('stored'), context.key('replaced')];
      const removed = context.key('removed');
      for (const key of [stored, replaced, removed]) await store.store(key, bytes('old'), LONG);
      const together = store.supports.otherKeysWhileOpen.promised;
      const levels = together ? levelsOf(context) : levelsOf(context).slice(0, 1);
      const all: Aging[] = [];
      for (const [level, at] of levels) all.push(await aging(context, level, at));
      await clock.reach((await clock.now()) + AGE);
      for (const { at, holder, tx, held } of all) {
        const { bound } = tx;
        if (at === '') {
          expect.same('find', await (bound.find?.(stored) ?? bytes('old')), bytes('old'));
          expect.same('exists', await (bound.exists?.(stored) ?? true), true);
          await bound.store?.(replaced, bytes('new'), LONG);
          await bound.remove?.(removed);
        }
        const done = bound.complete(holder.key, holder.token, RESULT, LONG);
        const answer = await done.catch((error: unknown) => error);
        if (held) expect.same(`complete${at}, after ${AGE} ms`, answer, true);
        await (answer === true ? tx.commit() : tx.rollback());
        if (answer === true) expect.same(`find${at}`, await store.find(holder.key), RESULT);
        if (at !== '' || answer !== true) continue;
        const value = bytes(bound.store === undefined ? 'old' : 'new');
        expect.same('what was stored inside', await store.find(replaced), value);
        const gone = bound.remove === undefined;
        expect.same('exists of what was removed inside', await store.exists(removed), gone);
      }
    },
    { needs: ['clock'] },
  ),
];
