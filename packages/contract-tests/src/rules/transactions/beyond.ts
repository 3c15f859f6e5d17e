import { setTimeout as sleep } from 'node:timers/promises';
import { isAbsent } from '../../harness.ts';
import type { OpenTransaction } from '../../harness-transactions.ts';
import { now } from '../../model/monotonic.ts';
import type { Rule } from '../../rule.ts';
import { bytes, LONG } from '../kit/material.ts';
import { settled } from '../kit/settled.ts';
import { acquire, acquireAndComplete, type Holder } from '../kit/steps.ts';
import { family } from '../kit/transactions/family.ts';
import { promised, RESULT } from '../kit/transactions/steps.ts';
import type { Transacting } from '../kit/transactions/transacting.ts';
import { GRACE, within } from '../kit/watching.ts';

const { rule, timed } = family('transactions');

/** How many lapses of others are looked at, and the milliseconds for which a transaction goes on writing. */
const LAPSES = 10;
const ENOUGH = 60;

type End = 'complete' | 'complete, taken back and complete' | 'store' | 'remove';

const ENDS: readonly End[] = ['complete', 'complete, taken back and complete', 'store', 'remove'];

/** Ends the claim in the transaction; false where what it takes for that is not there. */
async function endIn(tx: OpenTransaction, end: End, { key, token }: Holder): Promise<boolean> {
  const { bound, savepoint } = tx;
  if (end === 'store') {
    if (bound.store === undefined) return false;
    await bound.store(key, RESULT, LONG);
  } else if (end === 'remove') {
    if (bound.remove === undefined) return false;
    await bound.remove(key);
  } else {
    if (end !== 'complete') {
      if (isAbsent(savepoint)) return false;
      const here = await savepoint();
      await bound.complete(key, token, bytes('taken back'), LONG);
      await here.rollback();
    }
    await bound.complete(key, token, RESULT, LONG);
  }
  return true;
}

/** Whoever watches is woken, and is told by one of its wake-ups that the claim is over. */
async function expectWakes(context: Transacting, end: End): Promise<void> {
  const other = await context.open();
  const held = await acquire(context, context.key());
  const tx = await context.begin();
  const stops: (() => void)[] = [];
  const told = [context.store, other].map(
    (client) =>
      new Promise<void>((resolve) => {
        const wake = (): void => {
          settled(() => client.inspect(held.key)).then(
            ({ state }) => state !== 'claimed' && resolve(),
            () => {},
          );
        };
        stops.push(client.watch(held.key, wake));
      }),
  );
  const possible = await endIn(tx, end, held);
  // Whoever is woken too early has asked by then, and is not told.
  await sleep(GRACE);
  await (possible ? tx.commit() : tx.rollback());
  const woken =
    !possible ||
    (await within(
      context,
      Promise.all(told).then(() => {}),
    ));
  for (const stop of stops) stop();
  if (woken) return;
  context.expect.broken(
    `a commit of ${end}: expected whoever watches to be woken, and to be told then that the claim is over, saw nobody woken so`,
  );
}

/** What a transaction does to those who have no part in it. */
export const beyondRules: readonly Rule[] = [
  rule(
    'commit-wakes',
    'The commit of what ends a claim in a transaction wakes who watches the key, in another client too, by complete, store and remove alike.',
    async (context) => {
      promised(context.store.supports.wakeUp);
      for (const end of ENDS) await expectWakes(context, end);
    },
  ),

  timed(
    'inside-leaves-what-others-are-owed',
    'Whatever is done in a transaction leaves the lapses of all other keys owed, and their fences remembered.',
    async (context, time) => {
      const { store, expect } = context;
      const { result: lapsed, end } = await time.begin(1, () =>
        Promise.all(
          Array.from({ length: LAPSES }, () => acquire(context, context.key(), { lease: 1 })),
        ),
      );
      await time.at(end);
      const key = context.key('released');
      let fence = 0;
      for (const _time of [1, 2]) {
        const held = await acquire(context, key);
        await store.release(key, held.token);
        ({ fence } = held);
      }
      const own = await acquire(context, context.key('own'));
      const done = await acquireAndComplete(context, context.key('done'));
      const tx = await context.begin();
      const { bound } = tx;
      await bound.complete(own.key, own.token, RESULT, LONG);
      for (const begun = now(); ; ) {
        await bound.find?.(done.key);
        await bound.exists?.(done.key);
        if (bound.store === undefined && bound.remove === undefined) break;
        await bound.store?.(done.key, RESULT, LONG);
        await bound.remove?.(done.key);
        if (now() - begun > ENOUGH) break;
      }
      await tx.commit();
      for (const each of lapsed) {
        const { takeover } = await acquire(context, each.key);
        expect.same('takeover of what lapsed before a transaction', takeover, true);
      }
      const next = await acquire(context, key);
      expect.that('the fence of a release', next.fence > fence, `more than ${fence}`, next.fence);
    },
  ),
];
