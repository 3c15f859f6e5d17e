import type { Rule } from '../rule.ts';
import { family } from './kit/family.ts';
import { bytes, LONG } from './kit/material.ts';
import {
  acquire,
  acquireAndComplete,
  expectCompleted,
  expectHeld,
  expectVacant,
} from './kit/steps.ts';

const { rule, timed } = family('repetition');

/** What a caller may do that lost the reply: the same again, through the same client or another. */
export const repetitionRules: readonly Rule[] = [
  rule(
    'claim-is-acquired-again',
    'A claim repeated after its reply was lost is acquired, with the same fence, through any client.',
    async (context) => {
      const { store, expect } = context;
      const other = await context.open();
      const key = context.key();
      const request = { token: context.token(), lease: LONG, fingerprint: 'print' };
      const { fence } = expect.acquired('the claim', await store.claim(key, request));
      for (const client of [store, other, store]) {
        const again = expect.acquired('the repeated claim', await client.claim(key, request));
        expect.same('its fence', again.fence, fence);
        expect.same('its takeover', again.takeover, false);
      }
      await expectHeld(context, 'after the repetitions', key, 'print');
    },
  ),

  rule(
    'complete-is-true-again',
    'A complete repeated after its reply was lost is true, through any client.',
    async (context) => {
      const { store, expect } = context;
      const other = await context.open();
      const key = context.key();
      const { token } = await acquireAndComplete(context, key, bytes('result'));
      for (const client of [store, other, store]) {
        const again = await client.complete(key, token, bytes('result'), LONG);
        expect.same('the repeated complete', again, true);
      }
      await expectCompleted(context, 'after the repetitions', key, bytes('result'));
    },
  ),

  rule(
    'complete-keeps-first-value',
    'A repeated complete changes nothing: the first value stays.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      const { token } = await acquireAndComplete(context, key, bytes('first'), {
        fingerprint: 'print',
      });
      const again = await store.complete(key, token, bytes('second'), LONG);
      expect.same('the repeated complete', again, true);
      await expectCompleted(context, 'after it', key, bytes('first'), 'print');
    },
  ),

  timed(
    'complete-keeps-first-ttl',
    'A repeated complete changes nothing: the first ttl stays.',
    async (context, time) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      const { end } = await time.begin(time.short, () =>
        store.complete(key, token, bytes('result'), time.short),
      );
      await time.pass(time.short / 2);
      const again = await time.before(end, () => store.complete(key, token, bytes('result'), LONG));
      expect.same('the repeated complete', again, true);
      await time.at(end);
      expect.same("find at the first ttl's end", await store.find(key), null);
    },
  ),

  rule(
    'renew-is-true-again',
    'A repeated renew is true, and the claim is held as before.',
    async (context) => {
      const { store, expect } = context;
      const other = await context.open();
      const { key, token } = await acquire(context, context.key(), { fingerprint: 'print' });
      for (const client of [store, other, store]) {
        expect.same('the repeated renew', await client.renew(key, token, LONG), true);
      }
      await expectHeld(context, 'after the repetitions', key, 'print');
    },
  ),

  rule(
    'release-leaves-vacant',
    'A repeated release answers false and leaves the key vacant.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      expect.same('the first release', await store.release(key, token), true);
      expect.same('the repeated release', await store.release(key, token), false);
      const { takeover } = await expectVacant(context, 'after it', key);
      expect.same('takeover of the next claim', takeover, false);
    },
  ),

  rule(
    'store-is-the-same-again',
    'A repeated store leaves what the first one left.',
    async (context) => {
      const { store } = context;
      const key = context.key();
      for (let i = 0; i < 3; i += 1) await store.store(key, bytes('stored'), LONG);
      await expectCompleted(context, 'after three times the same store', key, bytes('stored'));
    },
  ),

  rule(
    'remove-is-the-same-again',
    'A repeated remove leaves the key vacant and is no error.',
    async (context) => {
      const { store } = context;
      const key = context.key();
      await store.store(key, bytes('stored'), LONG);
      for (let i = 0; i < 3; i += 1) await store.remove(key);
      await expectVacant(context, 'after three times the same remove', key);
    },
  ),

  rule(
    'claim-after-completion-is-answered',
    'A claim repeated when its token has completed meanwhile answers completed: it does not begin again.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      const { token } = await acquireAndComplete(context, key, bytes('result'));
      const result = expect.completed('the claim', await store.claim(key, { token, lease: LONG }));
      expect.same('its value', result.value, bytes('result'));
      await expectCompleted(context, 'after it', key, bytes('result'));
    },
  ),

  rule(
    'claim-keeps-fingerprint',
    'Repeating a claim, a renew and a claim again never loses the fingerprint that completes with it.',
    async (context) => {
      const { store } = context;
      const key = context.key();
      const request = { token: context.token(), lease: LONG, fingerprint: 'print' };
      await store.claim(key, request);
      await store.renew(key, request.token, LONG);
      await store.claim(key, request);
      await store.complete(key, request.token, bytes('result'), LONG);
      await expectCompleted(context, 'in the end', key, bytes('result'), 'print');
    },
  ),

  rule(
    'claim-keeps-the-first-fingerprint',
    'A claim that its own token repeats with another fingerprint, or with none, keeps the one that it was acquired with.',
    async (context) => {
      const { store, expect } = context;
      const token = context.token();
      for (const first of ['first', undefined]) {
        for (const second of ['second', undefined]) {
          if (first === second) continue;
          const key = context.key();
          await store.claim(key, { token, lease: LONG, fingerprint: first });
          const again = await store.claim(key, { token, lease: LONG, fingerprint: second });
          expect.acquired(`the claim, repeated with ${second}`, again);
          await expectHeld(context, `after ${first} and ${second}`, key, first ?? null);
          const told = expect.inspected('inspect', await store.inspect(key), 'claimed');
          expect.same('inspect: fingerprint', told.fingerprint, first ?? null);
          await store.complete(key, token, bytes('result'), LONG);
          await expectCompleted(context, 'in the end', key, bytes('result'), first ?? null);
        }
      }
    },
  ),
];
