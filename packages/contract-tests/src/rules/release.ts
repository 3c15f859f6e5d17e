import type { Rule } from '../rule.ts';
import { family } from './kit/family.ts';
import { lookalikes } from './kit/lookalikes.ts';
import { bytes, LONG } from './kit/material.ts';
import {
  acquire,
  acquireAndComplete,
  expectCompleted,
  expectHeld,
  expectVacant,
} from './kit/steps.ts';

const { rule, timed } = family('release');

export const releaseRules: readonly Rule[] = [
  rule(
    'own-claim-becomes-vacant',
    'release by the holder answers true and makes the key vacant.',
    async (context) => {
      const { key, token } = await acquire(context, context.key());
      context.expect.same('release', await context.store.release(key, token), true);
      await expectVacant(context, 'after it', key);
    },
  ),

  rule(
    'never-claimed-is-false',
    'release of a key that nobody claimed answers false.',
    async (context) => {
      const key = context.key();
      const released = await context.store.release(key, context.token());
      context.expect.same('release of a vacant key', released, false);
      await expectVacant(context, 'after it', key);
    },
  ),

  rule(
    'other-token-is-false',
    "release by another token answers false and leaves the holder's claim alone.",
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key(), {
        fingerprint: 'of-the-holder',
      });
      const released = await store.release(key, context.token());
      expect.same('release by another token', released, false);
      await expectHeld(context, 'after it', key, 'of-the-holder');
      const done = await store.complete(key, token, bytes('result'), LONG);
      expect.same('complete by the holder', done, true);
    },
  ),

  rule(
    'token-is-compared-exactly',
    'release compares tokens character for character: case and length count.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      for (const [what, other] of lookalikes(token)) {
        expect.same(`release by the token ${what}`, await store.release(key, other), false);
      }
      await expectHeld(context, 'after them', key);
    },
  ),

  rule(
    'completed-is-false',
    'release of a completed key answers false and keeps the record.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      const { token } = await acquireAndComplete(context, key, bytes('result'));
      expect.same('release by the token that completed', await store.release(key, token), false);
      expect.same('release by another token', await store.release(key, context.token()), false);
      await expectCompleted(context, 'after it', key, bytes('result'));
    },
  ),

  rule(
    'stored-is-false',
    'release of a record that store made answers false and keeps it.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      await store.store(key, bytes('stored'), LONG);
      expect.same('release', await store.release(key, context.token()), false);
      await expectCompleted(context, 'after it', key, bytes('stored'));
    },
  ),

  timed(
    'lapsed-is-false',
    'release after its lease has lapsed answers false.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      expect.same("release at the lease's end", await store.release(key, result.token), false);
    },
  ),

  rule(
    'earlier-holder-does-not-release-next',
    "release by an earlier holder answers false and leaves the next holder's claim alone.",
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      await store.release(key, token);
      await acquire(context, key, { fingerprint: 'of-the-next' });
      expect.same('release by the earlier holder', await store.release(key, token), false);
      await expectHeld(context, 'after it', key, 'of-the-next');
    },
  ),

  rule(
    'forgets-fingerprint',
    'A released key keeps nothing of the claim: the next holder has its own fingerprint, or none.',
    async (context) => {
      const { store } = context;
      const { key, token } = await acquire(context, context.key(), { fingerprint: 'of-the-first' });
      await store.release(key, token);
      const next = await acquire(context, key);
      await expectHeld(context, 'after the next claim', key, null);
      await store.complete(key, next.token, bytes('result'), LONG);
      await expectCompleted(context, 'after its completion', key, bytes('result'), null);
    },
  ),
];
