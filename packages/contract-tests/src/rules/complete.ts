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

const { rule, timed } = family('complete');

export const completeRules: readonly Rule[] = [
  rule(
    'own-claim-is-recorded',
    'complete by the holder answers true and records the value.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      const done = await store.complete(key, token, bytes('result'), LONG);
      expect.same('complete by the holder', done, true);
      await expectCompleted(context, 'after it', key, bytes('result'));
    },
  ),

  rule(
    'keeps-fingerprint',
    'The completed record keeps the fingerprint of its claim.',
    async (context) => {
      const key = context.key();
      await acquireAndComplete(context, key, bytes('result'), { fingerprint: 'of-the-claim' });
      await expectCompleted(context, 'after complete', key, bytes('result'), 'of-the-claim');
    },
  ),

  rule(
    'never-claimed-is-false',
    'complete of a key that nobody claimed answers false and records nothing.',
    async (context) => {
      const key = context.key();
      const done = await context.store.complete(key, context.token(), bytes('result'), LONG);
      context.expect.same('complete of a vacant key', done, false);
      await expectVacant(context, 'after it', key);
    },
  ),

  rule(
    'other-token-is-false',
    "complete by another token answers false and leaves the holder's claim alone.",
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key(), {
        fingerprint: 'of-the-holder',
      });
      const stolen = await store.complete(key, context.token(), bytes('stolen'), LONG);
      expect.same('complete by another token', stolen, false);
      expect.same('find after it', await store.find(key), null);
      await expectHeld(context, 'after it', key, 'of-the-holder');
      const done = await store.complete(key, token, bytes('result'), LONG);
      expect.same('complete by the holder', done, true);
    },
  ),

  rule(
    'token-is-compared-exactly',
    'complete compares tokens character for character: case and length count.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      for (const [what, other] of lookalikes(token)) {
        const done = await store.complete(key, other, bytes('stolen'), LONG);
        expect.same(`complete by the token ${what}`, done, false);
      }
      expect.same('find after them', await store.find(key), null);
    },
  ),

  rule(
    'other-token-on-completed-is-false',
    'complete of a completed key by another token answers false and changes nothing.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      await acquireAndComplete(context, key, bytes('result'), { fingerprint: 'of-the-claim' });
      const done = await store.complete(key, context.token(), bytes('other'), LONG);
      expect.same('complete by another token', done, false);
      await expectCompleted(context, 'after it', key, bytes('result'), 'of-the-claim');
    },
  ),

  rule(
    'on-stored-is-false',
    'complete of a record that store made answers false and changes nothing.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      await store.store(key, bytes('stored'), LONG);
      const done = await store.complete(key, context.token(), bytes('other'), LONG);
      expect.same('complete of a stored record', done, false);
      await expectCompleted(context, 'after it', key, bytes('stored'));
    },
  ),

  rule(
    'after-release-is-false',
    'complete after its claim was released answers false.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      await store.release(key, token);
      const done = await store.complete(key, token, bytes('late'), LONG);
      expect.same('complete after release', done, false);
      await expectVacant(context, 'after it', key);
    },
  ),

  rule(
    'after-remove-is-false',
    'complete after its claim was removed answers false.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      await store.remove(key);
      const done = await store.complete(key, token, bytes('late'), LONG);
      expect.same('complete after remove', done, false);
      await expectVacant(context, 'after it', key);
    },
  ),

  rule(
    'late-owner-does-not-overwrite',
    'complete by an earlier holder never overwrites what a later one recorded.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      await store.release(key, token);
      await acquireAndComplete(context, key, bytes('of the later'), { fingerprint: 'later' });
      const late = await store.complete(key, token, bytes('of the earlier'), LONG);
      expect.same('complete by the earlier holder', late, false);
      await expectCompleted(context, 'after it', key, bytes('of the later'), 'later');
    },
  ),

  timed(
    'lapsed-is-false',
    'complete after its lease has lapsed answers false, also when nobody else came.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.at(end);
      const done = await store.complete(key, result.token, bytes('late'), LONG);
      expect.same("complete at the lease's end", done, false);
      expect.same('find after it', await store.find(key), null);
    },
  ),

  timed(
    'just-before-the-end-is-true',
    'complete in the last moment of its lease answers true.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const { result, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      await time.justBefore(end);
      const done = await time.before(end, () =>
        store.complete(key, result.token, bytes('result'), LONG),
      );
      expect.same("complete just before the lease's end", done, true);
      await time.at(end);
      await expectCompleted(context, "at the lease's end", key, bytes('result'));
    },
  ),

  timed(
    'ttl-counts-from-completion',
    'The ttl of a completed record counts from its completion, not from the claim.',
    async (context, time) => {
      const { store, expect } = context;
      const key = context.key();
      const claimed = await time.begin(time.short, () => acquire(context, key));
      await time.pass(time.short / 2);
      const { token } = claimed.result;
      const completed = await time.begin(time.short, () =>
        store.complete(key, token, bytes('result'), time.short),
      );
      await time.at(claimed.end);
      const found = await time.before(completed.end, () => store.find(key));
      expect.same('find one ttl after the claim', found, bytes('result'));
      await time.at(completed.end);
      expect.same('find one ttl after the completion', await store.find(key), null);
    },
  ),

  timed(
    'outlives-the-lease',
    'A completed record outlives the lease of its claim: the lease ends nothing any more.',
    async (context, time) => {
      const key = context.key();
      const { result, end } = await time.begin(time.short, () =>
        acquire(context, key, { lease: time.short }),
      );
      const done = await time.before(end, () =>
        context.store.complete(key, result.token, bytes('result'), LONG),
      );
      context.expect.same('complete during the lease', done, true);
      await time.at(end);
      await expectCompleted(context, "after the lease's end", key, bytes('result'));
    },
  ),

  timed(
    'ttl-may-be-shorter-than-the-lease',
    'A completed record ends with its ttl, however long the lease of its claim was.',
    async (context, time) => {
      const { store } = context;
      const { key, token } = await acquire(context, context.key());
      const { end } = await time.begin(time.short, () =>
        store.complete(key, token, bytes('result'), time.short),
      );
      await time.at(end);
      await expectVacant(context, "at the ttl's end", key);
    },
  ),

  timed(
    'after-expiry-is-false',
    'complete by the token whose record has expired answers false and records nothing.',
    async (context, time) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      const { end } = await time.begin(time.short, () =>
        store.complete(key, token, bytes('result'), time.short),
      );
      await time.at(end);
      const again = await store.complete(key, token, bytes('again'), LONG);
      expect.same('complete after the record expired', again, false);
      await expectVacant(context, 'after it', key);
    },
  ),
];
