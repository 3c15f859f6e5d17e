import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { type IdempotencyErrorCode, isIdempotencyError } from '@idem/core';
import { within } from '../../engine/deadline.ts';
import { seen } from '../../engine/seen.ts';
import { isAbsent } from '../../harness.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { family } from '../kit/family.ts';
import { faultyClient } from '../kit/faulty-client.ts';
import { bytes, LONG } from '../kit/material.ts';
import { messagesOf } from '../kit/messages.ts';
import { type Call, eachOperation } from '../kit/operations.ts';
import { rounds } from '../kit/rounds.ts';
import { settled } from '../kit/settled.ts';
import { acquire, acquireAndComplete } from '../kit/steps.ts';

const { rule } = family('faults');

const how = { needs: ['faults'], exclusive: true } as const;

const DOCUMENTED: readonly IdempotencyErrorCode[] = [
  'IDEM_STORE_UNAVAILABLE',
  'IDEM_STORE_TIMEOUT',
  'IDEM_STORE_BUSY',
];

/** For how many turns of the event loop the backend cannot be reached, or for longer than the most of them. */
const TURNS = [1, 2, 3, 5];
const MOST_TURNS = 5;

/** Longer than any client should go on trying; a rule that waits this long has failed. */
const PATIENCE = 40_000;

/** While the backend cannot be reached, is silent, or crashed. */
export const outageRules: readonly Rule[] = [
  rule(
    'cut-is-reported',
    'While the backend cannot be reached, every operation rejects with a retryable error that says so, and neither the value nor the token: none hangs, none answers.',
    async (context) => {
      await using client = await faultyClient(context);
      const { store, faults } = client;
      await settled(() => store.exists(context.key()));
      await faults.cut();
      await Promise.all(
        eachOperation(context, {}, store).map((call) => unreachable(context, call, PATIENCE)),
      );
    },
    how,
  ),
  rule(
    'works-after-restore',
    'Once the backend can be reached again the same client works, and what was acknowledged before is there.',
    async (context) => {
      await using client = await faultyClient(context);
      const { store, faults } = client;
      const { key } = await acquireAndComplete(context, context.key(), bytes('result'));
      await settled(() => store.exists(key));
      await faults.cut();
      await Promise.allSettled([store.exists(key)]);
      await faults.restore();
      const value = await settled(() => store.find(key));
      context.expect.same('find by the same client', value, bytes('result'));
      const claim = { token: context.token(), lease: LONG };
      const result = await settled(() => store.claim(context.key(), claim));
      context.expect.acquired('a claim by the same client', result);
    },
    how,
  ),
  rule(
    'given-before-a-cut',
    'A value that is given while the backend cannot be reached is the one that is recorded once it can: what its caller does to the array meanwhile changes nothing.',
    async (context) => {
      const { store, expect } = context;
      await using client = await faultyClient(context);
      const { faults } = client;
      // It may be sent a first time in vain, and again: at which turn depends on the adapter.
      for (const turns of TURNS) {
        const held = await acquire(context, context.key('held'));
        const stored = context.key('stored');
        const value = bytes('value');
        await settled(() => client.store.exists(held.key));
        await faults.cut();
        const sent = Promise.allSettled([
          client.store.store(stored, value, LONG),
          client.store.complete(held.key, held.token, value, LONG),
        ]);
        value.fill(0);
        for (let turn = 0; turn < turns; turn += 1) await setImmediate();
        if (turns === MOST_TURNS) await sleep(5);
        await faults.restore();
        const [put, done] = await sent;
        if (put.status === 'fulfilled') {
          expect.same('what was stored', await store.find(stored), bytes('value'));
        }
        if (done.status === 'fulfilled' && done.value) {
          expect.same('what was completed', await store.find(held.key), bytes('value'));
        }
      }
    },
    how,
  ),

  rule(
    'cut-in-flight',
    'Claims under way when the connection is cut are acquired or rejected as retryable, and then acquired when they are repeated: each has one holder.',
    async (context) => {
      const { expect } = context;
      await using client = await faultyClient(context);
      const { store, faults } = client;
      for (const _round of rounds(context, 5)) {
        if (expect.faults.length > 0) return;
        await settled(() => store.exists(context.key('warm')));
        const claims = Array.from({ length: 8 }, () => ({
          key: context.key(),
          request: { token: context.token(), lease: LONG },
        }));
        const acquired = claims.map(({ key, request }) => settled(() => store.claim(key, request)));
        // A turn later, so that they are sent and not yet answered.
        await setImmediate();
        await faults.cut();
        await faults.restore();
        for (const result of await Promise.all(acquired)) expect.acquired('a claim', result);
        for (const { key } of claims) {
          const other = { token: context.token(), lease: LONG };
          expect.inProgress('another claim', await context.store.claim(key, other));
        }
      }
    },
    how,
  ),
  rule(
    'silence-ends',
    'When the backend takes requests and does not answer, every operation rejects with a retryable error within the adapter’s deadline, and works again afterwards.',
    async (context) => {
      await using client = await faultyClient(context);
      const { store, faults } = client;
      const { hang } = faults;
      if (isAbsent(hang)) throw new RuleSkipped(hang.absent);
      const { key } = await acquireAndComplete(context, context.key(), bytes('result'));
      await settled(() => store.exists(key));
      hang.stall();
      // The machine may be busy: the deadline is the adapter's, what comes on top is not.
      const patience = 2 * hang.deadline + 3_000;
      await Promise.all(
        eachOperation(context, {}, store).map((call) => unreachable(context, call, patience)),
      );
      hang.resume();
      const value = await settled(() => store.find(key));
      context.expect.same('find when it answers again', value, bytes('result'));
    },
    how,
  ),
  rule(
    'works-after-crash',
    'After the backend crashed and came back the same client works.',
    async (context) => {
      const { harness, store, expect } = context;
      if (isAbsent(harness.crash)) throw new RuleSkipped(harness.crash.absent);
      await settled(() => store.exists(context.key()));
      await harness.crash();
      const [key, token] = [context.key(), context.token()];
      const result = await settled(() => store.claim(key, { token, lease: LONG }));
      expect.acquired('a claim', result);
      const done = await settled(() => store.complete(key, token, bytes('result'), LONG));
      expect.same('its completion', done, true);
      expect.same('find', await settled(() => store.find(key)), bytes('result'));
    },
    { needs: ['crash'], exclusive: true },
  ),
];

async function unreachable(
  { expect }: RuleContext,
  [name, call, secrets]: Call,
  patience: number,
): Promise<void> {
  const late = (): Error => new Error(`nothing within ${patience / 1000} s`);
  const error = await expect.rejected(name, DOCUMENTED.join(' or '), () =>
    within(patience, call(), late),
  );
  if (error === undefined) return;
  const known = isIdempotencyError(error) && DOCUMENTED.includes(error.code);
  expect.that(name, known, `a rejection with ${DOCUMENTED.join(' or ')}`, error);
  if (known) expect.that(name, error.retryable, 'a retryable error', seen(error));
  const told = messagesOf(error);
  const kept = secrets.every((secret) => !told.includes(secret));
  expect.that(`the error of ${name}`, kept, 'neither the value nor the token in its message', told);
}
