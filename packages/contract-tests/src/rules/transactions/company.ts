import { isIdempotencyError } from '@idem/core';
import type { Rule } from '../../rule.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectCompleted, expectHeld } from '../kit/steps.ts';
import { Beside } from '../kit/transactions/beside.ts';
import { family } from '../kit/transactions/family.ts';
import { completeIn, completing, promised, RESULT } from '../kit/transactions/steps.ts';
import type { Transacting } from '../kit/transactions/transacting.ts';

const { rule } = family('transactions');

const ENDS = ['commit', 'rollback'] as const;
/** So many that of each bucket of a hash there is one. */
const OTHERS = 100;

/** Another transaction's answer: true, false, or rejected as one that may be repeated, as a victim is. */
async function answerIn(context: Transacting, what: string, call: Promise<boolean>) {
  try {
    return await call;
  } catch (error) {
    const retryable = isIdempotencyError(error) && error.retryable;
    context.expect.that(what, retryable, 'an answer, or a retryable error', error);
    return 'victim';
  }
}

/** What goes on beside an open transaction: waits for it, is refused as retryable, or is answered rightly. */
export const companyRules: readonly Rule[] = [
  rule(
    'own-claim-beside',
    'A claim by its own token beside an open transaction tells what became of it: completed after the commit, acquired with the same fence after the rollback.',
    async (context) => {
      const { store, expect } = context;
      for (const end of ENDS) {
        const { holder, tx } = await completing(context, 'print');
        const { key, token, fence } = holder;
        const claim = () => store.claim(key, { token, lease: LONG, fingerprint: 'print' });
        const beside = await Beside.send(claim);
        await tx[end]();
        const seen = await beside.whenOver();
        const acquired = { outcome: 'acquired', fence, takeover: false };
        const completed = { outcome: 'completed', value: RESULT, fingerprint: 'print' };
        const expected = end === 'commit' ? completed : acquired;
        expect.same(`the claim, ${end}`, seen, expected);
        expect.same(`the claim after ${end}`, await claim(), expected);
      }
    },
  ),

  rule(
    'no-stranger-acquires',
    'Nobody else acquires a key whose holder records its result in an open transaction, neither before its end nor after a commit.',
    async (context) => {
      const { expect } = context;
      for (const end of ENDS) {
        const { holder, tx } = await completing(context, 'print');
        const others = [await context.open(), await context.open()];
        const asked = await Promise.all(
          others.map((other) =>
            Beside.send(() => other.claim(holder.key, { token: context.token(), lease: LONG })),
          ),
        );
        await tx[end]();
        for (const beside of asked) {
          const { outcome } = await beside.whenOver();
          const right = outcome === 'in-progress' || (end === 'commit' && outcome === 'completed');
          expect.that(`another's claim, ${end}`, right, 'not acquired', outcome);
        }
        if (end === 'commit') {
          await expectCompleted(context, 'after the commit', holder.key, RESULT, 'print');
        } else await expectHeld(context, 'after the rollback', holder.key, 'print');
      }
    },
  ),

  rule(
    'heartbeat-beside',
    'A lease that is renewed beside the transaction, at whichever level it runs, never makes its complete false.',
    async (context) => {
      const { store, expect, transactions } = context;
      for (const level of [undefined, ...transactions.levels]) {
        const at = level === undefined ? '' : ` at ${level}`;
        const { key, token } = await acquire(context, context.key());
        const tx = await context.begin(level);
        // A snapshot is of its first statement.
        await tx.effect(context.key('effect'));
        const renewed = await Beside.send(() => store.renew(key, token, LONG));
        const complete = tx.bound.complete(key, token, RESULT, LONG);
        const done = await answerIn(context, `complete${at}`, complete);
        if (done === false) expect.fault(`complete${at}: expected true, saw false`);
        await (done === 'victim' ? tx.rollback() : tx.commit());
        const beside = await renewed.whenOver();
        // One that came after the commit found no claim.
        if (done === 'victim') expect.same(`renew${at}`, beside, true);
        expect.same(`exists${at}`, await store.exists(key), done === true);
      }
    },
  ),

  rule(
    'renew-waits',
    'renew of a claim that is being completed in a transaction is false after the commit, and true after the rollback.',
    async (context) => {
      const { store, expect } = context;
      for (const end of ENDS) {
        const { holder, tx } = await completing(context);
        const { key, token } = holder;
        const renewed = await Beside.send(() => store.renew(key, token, LONG));
        await tx[end]();
        expect.same(`renew, ${end}`, await renewed.whenOver(), end === 'rollback');
        expect.same(`exists after ${end}`, await store.exists(key), end === 'commit');
      }
    },
  ),

  rule(
    'release-waits',
    'release of a claim that is being completed in a transaction is false after the commit, and true after the rollback.',
    async (context) => {
      const { store, expect } = context;
      for (const end of ENDS) {
        const { holder, tx } = await completing(context);
        const { key, token } = holder;
        const released = await Beside.send(() => store.release(key, token));
        await tx[end]();
        expect.same(`release, ${end}`, await released.whenOver(), end === 'rollback');
        expect.same(`exists after ${end}`, await store.exists(key), end === 'commit');
        if (end === 'commit') continue;
        const next = await acquire(context, key, { what: 'a claim after the release' });
        expect.same('its takeover', next.takeover, false);
      }
    },
  ),

  rule(
    'complete-waits',
    'complete outside of what is being completed in a transaction is true; the record of the transaction stays where it was committed.',
    async (context) => {
      const { store, expect } = context;
      for (const end of ENDS) {
        const { holder, tx } = await completing(context, 'print');
        const { key, token } = holder;
        const second = bytes('second');
        const done = await Beside.send(() => store.complete(key, token, second, LONG));
        await tx[end]();
        expect.same(`complete outside, ${end}`, await done.whenOver(), true);
        const value = end === 'commit' ? RESULT : second;
        await expectCompleted(context, `after ${end}`, key, value, 'print');
      }
    },
  ),

  rule(
    'store-and-remove-wait',
    'store and remove of a key that is being completed in a transaction take effect after it, whatever its end.',
    async (context) => {
      const { store, expect } = context;
      for (const end of ENDS) {
        const [first, second] = [
          await acquire(context, context.key('stored')),
          await acquire(context, context.key('removed')),
        ];
        const tx = await context.begin();
        await completeIn(context, tx, first);
        await completeIn(context, tx, second);
        const stored = await Beside.send(() => store.store(first.key, bytes('stored'), LONG));
        const removed = await Beside.send(() => store.remove(second.key));
        await tx[end]();
        await Promise.all([stored.whenOver(), removed.whenOver()]);
        expect.same(`find of the stored key, ${end}`, await store.find(first.key), bytes('stored'));
        expect.same(`exists of the removed key, ${end}`, await store.exists(second.key), false);
        const next = await acquire(context, second.key, { what: `a claim after remove, ${end}` });
        expect.same('its takeover', next.takeover, false);
      }
    },
  ),

  rule(
    'two-transactions-one-key',
    'Of two transactions that complete the same claim one records it: the other is false after a commit, true after a rollback, or rejects as retryable.',
    async (context) => {
      const { store, expect } = context;
      for (const end of ENDS) {
        const { holder, tx } = await completing(context);
        const { key, token } = holder;
        const second = await context.begin();
        const value = bytes('second');
        const beside = await Beside.send(() =>
          answerIn(
            context,
            'complete in the second',
            second.bound.complete(key, token, value, LONG),
          ),
        );
        await tx[end]();
        const done = await beside.whenOver();
        const other = end === 'rollback';
        if (done !== 'victim') expect.same(`complete in the second, ${end}`, done, other);
        await (done === true ? second.commit() : second.rollback());
        const found = other ? (done === true ? value : null) : RESULT;
        expect.same(`find after both, ${end}`, await store.find(key), found);
      }
    },
  ),

  rule(
    'two-transactions-two-keys',
    'Two open transactions that complete different keys end each on its own.',
    async (context) => {
      const { store, expect } = context;
      promised(store.supports.otherKeysWhileOpen);
      const { holder: kept, tx: first } = await completing(context);
      const { holder: dropped, tx: second } = await completing(context);
      await second.rollback();
      await first.commit();
      expect.same('find of the committed one', await store.find(kept.key), RESULT);
      expect.same('find of the one rolled back', await store.find(dropped.key), null);
    },
  ),

  rule(
    'other-keys-go-on',
    'An open transaction holds up no other key, where the store promises that: every operation on those is answered.',
    async (context) => {
      const { expect, store: own } = context;
      promised(own.supports.otherKeysWhileOpen);
      const { holder, tx } = await completing(context);
      const [store, key, token] = [await context.open(), context.key('other'), context.token()];
      const early = async <T>(what: string, call: () => Promise<T>): Promise<T> =>
        (await Beside.send(call)).early(context, what);
      const request = { token, lease: LONG };
      expect.acquired('claim', await early('claim', () => store.claim(key, request)));
      expect.same('renew', await early('renew', () => store.renew(key, token, LONG)), true);
      const released = await early('release', () => store.release(key, token));
      expect.same('release', released, true);
      expect.acquired('claim', await early('claim', () => store.claim(key, request)));
      const done = await early('complete', () => store.complete(key, token, RESULT, LONG));
      expect.same('complete', done, true);
      expect.same('find', await early('find', () => store.find(key)), RESULT);
      expect.same('exists', await early('exists', () => store.exists(key)), true);
      const { state } = await early('inspect', () => store.inspect(key));
      expect.same('inspect', state, 'completed');
      await early('store', () => store.store(key, bytes('stored'), LONG));
      await early('remove', () => store.remove(key));
      // Locks are taken of pages, of ranges and of buckets of a hash, too.
      const others = Array.from({ length: OTHERS }, () => context.key('another'));
      const all = await early(`claim of ${OTHERS} keys`, () =>
        Promise.all(others.map((each) => store.claim(each, request))),
      );
      for (const claim of all) expect.acquired('a claim of another key', claim);
      await tx.commit();
      expect.same("find of the transaction's key", await own.find(holder.key), RESULT);
    },
  ),

  rule(
    'many-transactions-at-once',
    'Many transactions at once, each with a key of its own, record each its own result.',
    async (context) => {
      const { store, expect } = context;
      promised(store.supports.otherKeysWhileOpen);
      const holders = await Promise.all(
        Array.from({ length: 5 }, (_, i) => acquire(context, context.key(`${i}`))),
      );
      const opened = await Promise.all(
        holders.map(async (holder) => ({ ...holder, tx: await context.begin() })),
      );
      const done = await Promise.all(
        opened.map(({ key, token, tx }) => tx.bound.complete(key, token, bytes(key), LONG)),
      );
      expect.same('complete in each', done, [true, true, true, true, true]);
      await Promise.all(opened.map(({ tx }, i) => (i % 2 === 0 ? tx.commit() : tx.rollback())));
      for (const [i, { key }] of holders.entries()) {
        const found = i % 2 === 0 ? bytes(key) : null;
        expect.same(`find of number ${i}`, await store.find(key), found);
      }
    },
  ),
];
