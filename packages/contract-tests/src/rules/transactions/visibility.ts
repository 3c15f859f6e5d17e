import type { Rule } from '../../rule.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectCompleted, expectHeld, type Holder } from '../kit/steps.ts';
import { Beside } from '../kit/transactions/beside.ts';
import { family } from '../kit/transactions/family.ts';
import { completeIn, completing, lacks, promised, RESULT } from '../kit/transactions/steps.ts';
import { able, type Transacting } from '../kit/transactions/transacting.ts';

const { rule } = family('transactions');

/** Claims the key anew, which displaces nobody and has a greater fence. */
async function expectNextFence(context: Transacting, { key, fence }: Holder): Promise<void> {
  const next = await acquire(context, key, { what: 'the next claim of the key' });
  context.expect.same('its takeover', next.takeover, false);
  context.expect.that('its fence', next.fence > fence, `more than ${fence}`, next.fence);
}

/** What a commit makes of it, what a rollback does, and what others see until then. */
export const visibilityRules: readonly Rule[] = [
  rule(
    'commit-records',
    'What complete recorded in a transaction is there for all once it is committed, with value and fingerprint.',
    async (context) => {
      const { holder, tx } = await completing(context, 'print');
      await tx.commit();
      await expectCompleted(context, 'after the commit', holder.key, RESULT, 'print');
      await context.store.remove(holder.key);
      await expectNextFence(context, holder);
    },
  ),

  rule(
    'effect-and-record-together',
    "The application's own writes and the record are committed together, and rolled back together.",
    async (context) => {
      const { store, expect, transactions } = context;
      for (const end of ['commit', 'rollback'] as const) {
        const { holder, tx } = await completing(context);
        const effect = context.key('effect');
        await tx.effect(effect);
        await tx[end]();
        const committed = end === 'commit';
        expect.same(`the effect after ${end}`, await transactions.hasEffect(effect), committed);
        expect.same(`exists after ${end}`, await store.exists(holder.key), committed);
      }
    },
  ),

  rule(
    'nobody-sees-the-uncommitted',
    'Until it is committed nobody sees what was recorded in a transaction, and after a rollback it never was.',
    async (context) => {
      const { expect } = context;
      const { holder, tx } = await completing(context, 'print');
      const others = [context.store, await context.open()];
      const asked = await Promise.all(
        others.map(async (other) => ({
          find: await Beside.send(() => other.find(holder.key)),
          exists: await Beside.send(() => other.exists(holder.key)),
          inspect: await Beside.send(() => other.inspect(holder.key)),
          claim: await Beside.send(() =>
            other.claim(holder.key, { token: context.token(), lease: LONG }),
          ),
        })),
      );
      await tx.rollback();
      for (const { find, exists, inspect, claim } of asked) {
        expect.same('find, sent before the rollback', await find.whenOver(), null);
        expect.same('exists, sent before the rollback', await exists.whenOver(), false);
        const told = await inspect.whenOver();
        expect.same('inspect, sent before the rollback', told.state, 'claimed');
        const answer = await claim.whenOver();
        const { fingerprint } = expect.inProgress("another's claim, before the rollback", answer);
        expect.same('its fingerprint', fingerprint, 'print');
      }
    },
  ),

  rule(
    'other-transactions-see-no-more',
    'find and exists in another transaction see no more than is committed.',
    async (context) => {
      const { expect } = context;
      const { holder, tx } = await completing(context);
      const { bound } = await context.begin();
      if (bound.find === undefined) return lacks('find');
      if (bound.exists === undefined) return lacks('exists');
      const [look, ask] = [bound.find.bind(bound), bound.exists.bind(bound)];
      const find = await Beside.send(() => look(holder.key));
      await tx.rollback();
      expect.same('find, sent before the rollback', await find.whenOver(), null);
      expect.same('exists', await ask(holder.key), false);
    },
  ),

  rule(
    'answered-while-open',
    'Others are answered by what is committed while the transaction is open, where the store promises that.',
    async (context) => {
      const { store, expect } = context;
      promised(store.supports.sameKeyWhileOpen);
      const { holder, tx } = await completing(context, 'print');
      const other = await context.open();
      const find = await Beside.send(() => other.find(holder.key));
      expect.same('find', await find.early(context, 'find'), null);
      const exists = await Beside.send(() => other.exists(holder.key));
      expect.same('exists', await exists.early(context, 'exists'), false);
      const inspect = await Beside.send(() => other.inspect(holder.key));
      const { state } = await inspect.early(context, 'inspect');
      expect.same('inspect', state, 'claimed');
      const request = { token: context.token(), lease: LONG };
      const claim = await Beside.send(() => other.claim(holder.key, request));
      const what = "another's claim";
      expect.inProgress(what, await claim.early(context, what));
      await tx.commit();
      await expectCompleted(context, 'after the commit', holder.key, RESULT, 'print');
    },
  ),

  rule(
    'rollback-leaves-the-claim',
    'A rollback leaves the claim as it was: its fence, takeover, fingerprint and lease, and its token may go on.',
    async (context) => {
      const { store, expect } = context;
      const holder = await acquire(context, context.key(), { fingerprint: 'print' });
      const before = expect.inspected('before', await store.inspect(holder.key), 'claimed');
      const tx = await context.begin();
      await completeIn(context, tx, holder);
      await tx.rollback();
      const { key, token, fence } = holder;
      const after = expect.inspected('after it', await store.inspect(key), 'claimed');
      expect.same('fence', after.fence, before.fence);
      expect.same('takeover', after.takeover, before.takeover);
      const left = after.leaseRemaining;
      const kept = left <= before.leaseRemaining && left > before.leaseRemaining - LONG / 2;
      expect.that('leaseRemaining', kept, `at most ${before.leaseRemaining}`, left);
      await expectHeld(context, 'after it', key, 'print');
      const again = await store.claim(key, { token, lease: LONG, fingerprint: 'print' });
      expect.same('its own claim again', again, { outcome: 'acquired', fence, takeover: false });
      expect.same('renew', await store.renew(key, token, LONG), true);
      const done = await store.complete(key, token, bytes('second'), LONG);
      expect.same('complete outside', done, true);
      await expectCompleted(context, 'in the end', key, bytes('second'), 'print');
    },
  ),

  rule(
    'many-keys-in-one',
    'Many records of one transaction are committed together, or none of them is.',
    async (context) => {
      const { store, expect } = context;
      for (const end of ['rollback', 'commit'] as const) {
        const holders = [];
        for (let i = 0; i < 12; i += 1) holders.push(await acquire(context, context.key(`${i}`)));
        const tx = await context.begin();
        for (const holder of holders) await completeIn(context, tx, holder, bytes(holder.key));
        await tx[end]();
        const found = await Promise.all(holders.map(({ key }) => store.find(key)));
        for (const [i, { key }] of holders.entries()) {
          expect.same(`find after ${end}`, found[i], end === 'commit' ? bytes(key) : null);
        }
      }
    },
  ),

  rule(
    'savepoint-takes-back',
    'Rolled back to a savepoint, what was recorded after it is taken back, and what was before it is committed.',
    async (context) => {
      const { store, expect } = context;
      const [before, after] = [
        await acquire(context, context.key('before')),
        await acquire(context, context.key('after')),
      ];
      const tx = await context.begin();
      await completeIn(context, tx, before);
      const savepoint = await able(tx.savepoint)();
      const { bound } = tx;
      for (const value of [RESULT, bytes('second')]) {
        await completeIn(context, tx, after, value);
        if (bound.find !== undefined) {
          expect.same('find before the rollback to it', await bound.find(after.key), value);
        }
        await savepoint.rollback();
        if (bound.find !== undefined) {
          expect.same('find after the rollback to it', await bound.find(after.key), null);
        }
        if (bound.exists !== undefined) {
          expect.same('exists after the rollback to it', await bound.exists(after.key), false);
        }
      }
      const { key, token } = before;
      const renewed = await Beside.send(() => store.renew(key, token, LONG));
      await tx.commit();
      const what = 'renew of what was before it, sent before the commit';
      expect.same(what, await renewed.whenOver(), false);
      await expectCompleted(context, 'what was before the savepoint', before.key, RESULT);
      await expectHeld(context, 'what was after it', after.key);
      expect.same('renew of it', await store.renew(after.key, after.token, LONG), true);
    },
  ),

  rule(
    'reads-its-own-writes',
    'find and exists in a transaction see what was recorded in it, and what is committed.',
    async (context) => {
      const { store, expect } = context;
      const { holder, tx } = await completing(context);
      const { bound } = tx;
      if (bound.find === undefined) return lacks('find');
      if (bound.exists === undefined) return lacks('exists');
      expect.same('find of its own record', await bound.find(holder.key), RESULT);
      expect.same('exists of its own record', await bound.exists(holder.key), true);
      await tx.rollback();
      const committed = context.key('committed');
      await store.store(committed, bytes('committed'), LONG);
      const second = await context.begin();
      const inside = second.bound;
      if (inside.find === undefined || inside.exists === undefined) return lacks('find');
      expect.same('find of what is committed', await inside.find(committed), bytes('committed'));
      expect.same('exists of what is committed', await inside.exists(committed), true);
      expect.same('find of a claimed key', await inside.find(holder.key), null);
      expect.same('exists of a claimed key', await inside.exists(holder.key), false);
      await second.rollback();
    },
  ),

  rule(
    'stores-inside',
    'store in a transaction is committed or rolled back with it, and makes the claim void only then.',
    async (context) => {
      const { store, expect } = context;
      for (const end of ['rollback', 'commit'] as const) {
        const holder = await acquire(context, context.key());
        const { key, token } = holder;
        const vacant = context.key('vacant');
        const tx = await context.begin();
        if (tx.bound.store === undefined) return lacks('store');
        await tx.bound.store(key, bytes('stored'), LONG);
        await tx.bound.store(vacant, bytes('stored'), LONG);
        await tx[end]();
        const found = end === 'commit' ? bytes('stored') : null;
        expect.same(`find of the claimed key after ${end}`, await store.find(key), found);
        expect.same(`find of the vacant key after ${end}`, await store.find(vacant), found);
        const renewed = await store.renew(key, token, LONG);
        expect.same(`renew after ${end}`, renewed, end === 'rollback');
        await store.remove(key);
        await expectNextFence(context, holder);
      }
    },
  ),

  rule(
    'removes-inside',
    'remove in a transaction is committed or rolled back with it.',
    async (context) => {
      const { store, expect } = context;
      for (const end of ['rollback', 'commit'] as const) {
        const holder = await acquire(context, context.key());
        const { key, token } = holder;
        const stored = context.key('stored');
        await store.store(stored, bytes('stored'), LONG);
        const tx = await context.begin();
        if (tx.bound.remove === undefined) return lacks('remove');
        await tx.bound.remove(key);
        await tx.bound.remove(stored);
        await tx[end]();
        const removed = end === 'commit';
        expect.same(`renew after ${end}`, await store.renew(key, token, LONG), !removed);
        expect.same(`exists after ${end}`, await store.exists(stored), !removed);
        if (removed) await expectNextFence(context, holder);
      }
    },
  ),
];
