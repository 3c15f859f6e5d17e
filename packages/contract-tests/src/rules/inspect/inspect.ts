import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, acquireAndComplete, expectCompleted, expectHeld } from '../kit/steps.ts';

const { rule, untested } = family('inspect');

/** What is at a key, without its value: one answer for each state, and nothing is changed by asking. */
export const inspectRules: readonly Rule[] = [
  rule(
    'untouched-is-vacant',
    'inspect of a key that nobody touched answers vacant, and no takeover is owed.',
    async (context) => {
      const { store, expect } = context;
      const seen = await store.inspect(context.key());
      expect.same('inspect', seen, { state: 'vacant', takeover: false });
    },
  ),

  rule(
    'claimed-is-told',
    'inspect of a claimed key answers claimed, with the fence, the takeover and the fingerprint of its claim.',
    async (context) => {
      const { store, expect } = context;
      for (const fingerprint of ['of-the-holder', undefined]) {
        const key = context.key();
        const { fence, takeover } = await acquire(
          context,
          key,
          fingerprint === undefined ? {} : { fingerprint },
        );
        const seen = expect.inspected('inspect', await store.inspect(key), 'claimed');
        const { heldFor, leaseRemaining, ...told } = seen;
        const expected = { state: 'claimed', fence, takeover, fingerprint: fingerprint ?? null };
        expect.same('what inspect tells beside the times', told, expected);
        expectWhole(context, 'heldFor', heldFor, 0);
        expectWhole(context, 'leaseRemaining', leaseRemaining, 1);
      }
    },
  ),

  rule(
    'completed-is-told',
    'inspect of a completed key answers completed, with the fingerprint of the claim that made it; null where it gave none.',
    async (context) => {
      const { store, expect } = context;
      for (const fingerprint of ['of-the-holder', undefined]) {
        const key = context.key();
        const options = fingerprint === undefined ? {} : { fingerprint };
        await acquireAndComplete(context, key, bytes('result'), options);
        await expectResult(context, 'inspect', key, fingerprint ?? null);
      }
      const empty = context.key('empty');
      await store.store(empty, bytes(''), LONG);
      expect.inspected('inspect of an empty value', await store.inspect(empty), 'completed');
    },
  ),

  rule(
    'stored-has-no-fingerprint',
    'inspect of a record that store made answers completed with the fingerprint null, whatever was there before.',
    async (context) => {
      const { store } = context;
      const [vacant, claimed, completed] = [context.key(), context.key(), context.key()];
      await acquire(context, claimed, { fingerprint: 'of-the-claim' });
      await acquireAndComplete(context, completed, bytes('result'), {
        fingerprint: 'of-the-claim',
      });
      for (const key of [vacant, claimed, completed]) {
        await store.store(key, bytes('stored'), LONG);
        await expectResult(context, 'inspect', key, null);
      }
    },
  ),

  rule(
    'ended-owes-nothing',
    'Once a claim was released, or what was there was removed, inspect answers vacant and no takeover is owed.',
    async (context) => {
      const { store, expect } = context;
      const released = await acquire(context, context.key('released'));
      await store.release(released.key, released.token);
      const removed = await acquire(context, context.key('removed'));
      await store.remove(removed.key);
      const completed = await acquireAndComplete(context, context.key('completed'));
      await store.remove(completed.key);
      const vacant = { state: 'vacant', takeover: false };
      expect.same('inspect after a release', await store.inspect(released.key), vacant);
      expect.same('inspect after the remove of a claim', await store.inspect(removed.key), vacant);
      const after = await store.inspect(completed.key);
      expect.same('inspect after the remove of a result', after, vacant);
    },
  ),

  rule(
    'next-holder-is-told',
    'inspect tells the fence and the fingerprint of the claim that holds the key, not of an earlier one.',
    async (context) => {
      const { store, expect } = context;
      const first = await acquire(context, context.key(), { fingerprint: 'of-the-first' });
      await store.release(first.key, first.token);
      const next = await acquire(context, first.key);
      const seen = expect.inspected('inspect', await store.inspect(first.key), 'claimed');
      expect.same('its fence', seen.fence, next.fence);
      expect.same('its fingerprint', seen.fingerprint, null);
    },
  ),

  rule(
    'every-client-sees-the-same',
    'What one client did, inspect of every other client tells at once.',
    async (context) => {
      const { expect } = context;
      const other = await context.open();
      const { key, token, fence } = await acquire(context, context.key(), { fingerprint: 'print' });
      const claimed = expect.inspected('inspect of a claim', await other.inspect(key), 'claimed');
      expect.same('its fence', claimed.fence, fence);
      expect.same('its fingerprint', claimed.fingerprint, 'print');
      await context.store.complete(key, token, bytes('result'), LONG);
      expect.inspected('inspect of the result', await other.inspect(key), 'completed');
      await context.store.remove(key);
      expect.inspected('inspect after the remove', await other.inspect(key), 'vacant');
    },
  ),

  rule(
    'changes-nothing',
    'inspect changes nothing: whoever held the key holds it, what was there stays, what was vacant is claimed by nobody.',
    async (context) => {
      const { store, expect } = context;
      const [vacant, completed] = [context.key('vacant'), context.key('completed')];
      const { key, token, fence } = await acquire(context, context.key(), { fingerprint: 'print' });
      await acquireAndComplete(context, completed, bytes('kept'), { fingerprint: 'print' });
      for (const each of [vacant, key, completed]) {
        for (let times = 0; times < 3; times += 1) await store.inspect(each);
      }
      expect.same('exists of the vacant key', await store.exists(vacant), false);
      const first = await acquire(context, vacant);
      expect.same('takeover of its first claim', first.takeover, false);
      await expectHeld(context, 'the claimed key', key, 'print');
      const again = await store.claim(key, { token, lease: LONG });
      expect.same("the holder's fence", expect.acquired('its claim', again).fence, fence);
      const done = await store.complete(key, token, bytes('result'), LONG);
      expect.same('complete by the holder', done, true);
      await expectCompleted(context, 'the completed key', completed, bytes('kept'), 'print');
    },
  ),

  untested(
    'transfers-no-value',
    'inspect does not transfer the value.',
    'what travels is seen only on the wire; an adapter whose backend is remote proves it in its own tests',
  ),
];

/** Expects a completed record with this fingerprint, and nothing told of it but what `inspect` may tell. */
export async function expectResult(
  context: RuleContext,
  what: string,
  key: string,
  fingerprint: string | null,
): Promise<void> {
  const seen = context.expect.inspected(what, await context.store.inspect(key), 'completed');
  const { ttlRemaining, ...told } = seen;
  context.expect.same(what, told, { state: 'completed', fingerprint });
  expectWhole(context, `${what}: ttlRemaining`, ttlRemaining, 1);
}

function expectWhole(
  { expect }: RuleContext,
  what: string,
  milliseconds: number,
  least: number,
): void {
  const most = LONG + ROUNDING;
  const whole = Number.isInteger(milliseconds) && milliseconds >= least && milliseconds <= most;
  expect.that(what, whole, `whole milliseconds from ${least} to ${most}`, milliseconds);
}
