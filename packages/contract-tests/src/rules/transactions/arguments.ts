import type { IdempotencyErrorCode } from '@idem/core';
import type { Rule } from '../../rule.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, expectCompleted, expectHeld } from '../kit/steps.ts';
import { boundCalls } from '../kit/transactions/bound-calls.ts';
import { family } from '../kit/transactions/family.ts';
import { levelsOf } from '../kit/transactions/holding.ts';
import { completeIn, lacks, RESULT } from '../kit/transactions/steps.ts';

const { rule } = family('transactions');

/** Bad arguments of complete, one at a time: key, token, value, ttl. */
const BAD: readonly (readonly [
  what: string,
  code: IdempotencyErrorCode,
  at: number,
  bad: unknown,
])[] = [
  ['the empty key', 'IDEM_INVALID_KEY', 0, ''],
  ['a key that is too long', 'IDEM_INVALID_KEY', 0, 'x'.repeat(1_025)],
  ['a key that is no string', 'IDEM_INVALID_KEY', 0, 7],
  ['a key with half a surrogate pair', 'IDEM_INVALID_KEY', 0, 'a\ud800'],
  ['a token that is too short', 'IDEM_INVALID_TOKEN', 1, 'short'],
  ['no token', 'IDEM_INVALID_TOKEN', 1, undefined],
  ['a value that is a string', 'IDEM_INVALID_VALUE', 2, 'text'],
  ['no value', 'IDEM_INVALID_VALUE', 2, null],
  ['a ttl of 0', 'IDEM_INVALID_TTL', 3, 0],
  ['a ttl that is no number', 'IDEM_INVALID_TTL', 3, '1000'],
  ['a ttl of more than ten years', 'IDEM_INVALID_TTL', 3, 315_576_000_001],
  ['options that are no object', 'IDEM_INVALID_OPTIONS', 4, 'now'],
];

/** Values that are easily taken for another. */
const VALUES: readonly Uint8Array[] = [
  new Uint8Array(),
  new Uint8Array([0]),
  new Uint8Array([0, 0]),
  new Uint8Array([32]),
  new Uint8Array([0xef, 0xbb, 0xbf, 0x61]),
  Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) % 256),
];

/** Of keys that only an inexact comparison takes for the same, or for another than they are. */
const ENDINGS = [
  ...['a', 'A', 'a ', ' a', 'á', 'a\u0301', '_', '%', '\0', "'", '😀', 'a\n', 'a\t', 'a/', 'a//'],
  ...['a&b', 'a%20', 'a+', 'a\\', '"', '"a"', 'a\0b', 'x'.repeat(900)],
];

/** How many of them are completed in one transaction. */
const TOGETHER = 6;

/** Checks, copies, signals, keys and values in a transaction are those of outside. */
export const transactionArgumentRules: readonly Rule[] = [
  rule(
    'bad-arguments-doom-nothing',
    'Bad arguments are refused in a transaction as outside, by the same codes, and the transaction goes on.',
    async (context) => {
      const { expect, transactions } = context;
      const holder = await acquire(context, context.key());
      const { bound, ...tx } = await context.begin();
      const effect = context.key('effect');
      await tx.effect(effect);
      for (const [what, code, at, bad] of BAD) {
        const parts: unknown[] = [holder.key, holder.token, RESULT, LONG, undefined];
        parts[at] = bad;
        await expect.refused(`complete with ${what}`, code, () =>
          Reflect.apply(bound.complete, bound, parts),
        );
      }
      const others = { find: [''], exists: [''], remove: [''], store: ['', RESULT, LONG] };
      for (const name of ['find', 'exists', 'remove', 'store'] as const) {
        const operation = bound[name];
        if (operation === undefined) continue;
        await expect.refused(`${name} with the empty key`, 'IDEM_INVALID_KEY', () =>
          Reflect.apply(operation, bound, others[name]),
        );
      }
      const done = await bound.complete(holder.key, holder.token, RESULT, LONG);
      expect.same('complete after them', done, true);
      await tx.commit();
      expect.same('the effect', await transactions.hasEffect(effect), true);
      await expectCompleted(context, 'after the commit', holder.key, RESULT);
    },
  ),

  rule(
    'aborted-before-dooms-nothing',
    "An operation whose signal is aborted already rejects with the signal's reason, sends nothing, and the transaction goes on.",
    async (context) => {
      const { expect, transactions } = context;
      const holder = await acquire(context, context.key());
      const tx = await context.begin();
      const effect = context.key('effect');
      const reason = new Error('the caller went away');
      const options = { signal: AbortSignal.abort(reason) };
      const { calls, expectUndone } = await boundCalls(context, tx.bound, options);
      await tx.effect(effect);
      for (const [name, call] of calls) {
        const error = await expect.rejected(`${name}, aborted before`, "the signal's reason", call);
        expect.same(`the reason of ${name}`, error, reason);
      }
      await completeIn(context, tx, holder);
      await tx.commit();
      expect.same('the effect', await transactions.hasEffect(effect), true);
      await expectUndone('after the commit');
      await expectCompleted(context, 'after the commit', holder.key, RESULT);
    },
  ),

  rule(
    'aborted-in-flight-can-be-rolled-back',
    "An operation that is aborted in flight in a transaction rejects with the signal's reason or is answered, and the transaction can be rolled back at once.",
    async (context) => {
      const { expect, transactions } = context;
      const { key, token } = await acquire(context, context.key());
      const tx = await context.begin();
      const effect = context.key('effect');
      await tx.effect(effect);
      const controller = new AbortController();
      const reason = new Error('the caller went away');
      const { signal } = controller;
      const pending = tx.bound.complete(key, token, RESULT, LONG, { signal });
      controller.abort(reason);
      const outcome = await pending.catch((error: unknown) => error);
      const right = outcome === reason || outcome === true;
      expect.that('complete, aborted in flight', right, "the signal's reason or true", outcome);
      await tx.rollback();
      expect.same('the effect', await transactions.hasEffect(effect), false);
      await expectHeld(context, 'after the rollback', key);
      const next = await context.begin();
      expect.same(
        'complete in the next',
        await next.bound.complete(key, token, RESULT, LONG),
        true,
      );
      await next.commit();
    },
  ),

  rule(
    'values-are-copied',
    'A value belongs to the store once complete is called in a transaction, and to the caller once find answers.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key());
      const tx = await context.begin();
      const value = bytes('result');
      const pending = tx.bound.complete(key, token, value, LONG);
      value.fill(0);
      expect.same('complete', await pending, true);
      value.fill(1);
      const { bound } = tx;
      if (bound.find !== undefined) {
        const found = await bound.find(key);
        expect.same('find in the transaction', found, RESULT);
        found?.fill(2);
        expect.same('find once the answer was changed', await bound.find(key), RESULT);
      }
      await tx.commit();
      expect.same('find after the commit', await store.find(key), RESULT);
    },
  ),

  rule(
    'odd-values-inside',
    'Values recorded in a transaction are kept byte for byte: empty, of zeros, with a mark at the front, long.',
    async (context) => {
      const { store, expect } = context;
      const holders = [];
      for (const [i, value] of VALUES.entries()) {
        holders.push({ ...(await acquire(context, context.key(`${i}`))), value });
      }
      const tx = await context.begin();
      for (const holder of holders) await completeIn(context, tx, holder, holder.value);
      await tx.commit();
      for (const { key, value } of holders) {
        expect.same(`find of ${value.length} bytes`, await store.find(key), value);
        const replay = await store.claim(key, { token: context.token(), lease: LONG });
        expect.same('its replay', expect.completed('a claim of it', replay).value, value);
      }
    },
  ),

  rule(
    'odd-keys-inside',
    'Keys are taken byte for byte in a transaction: case, spaces, forms, wildcards, NUL, the longest; by hold too.',
    async (context) => {
      const { store, expect } = context;
      const base = context.key();
      const keys = ENDINGS.map((ending) => `${base}:${ending}`.slice(0, 1_000));
      const holders = await Promise.all(keys.map((key) => acquire(context, key)));
      for (const [level, at] of levelsOf(context)) {
        const { bound, rollback } = await context.begin(level);
        for (const { key, token } of holders) {
          const held = await bound.hold?.(key, token, LONG);
          expect.that(`hold of ${JSON.stringify(key)}${at}`, held !== 'lost', 'not lost', held);
        }
        await rollback();
      }
      for (let at = 0; at < holders.length; at += TOGETHER) {
        const tx = await context.begin();
        const some = holders.slice(at, at + TOGETHER);
        for (const [i, holder] of some.entries()) {
          await completeIn(context, tx, holder, bytes(`${at + i}`));
        }
        await tx.commit();
        const found = await Promise.all(keys.map((key) => store.find(key)));
        const done = at + some.length;
        const expected = keys.map((_, n) => (n < done ? bytes(`${n}`) : null));
        expect.same(`find of each key after ${done}`, found.map(text), expected.map(text));
      }
    },
  ),

  rule(
    'bound-store-inside-is-exact',
    'find, exists, store and remove in a transaction are those of outside: exact keys, empty values, the last write.',
    async (context) => {
      const { store, expect } = context;
      const base = context.key();
      const tx = await context.begin();
      const { bound } = tx;
      if (bound.find === undefined) return lacks('find');
      if (bound.exists === undefined) return lacks('exists');
      if (bound.store === undefined) return lacks('store');
      if (bound.remove === undefined) return lacks('remove');
      await bound.store(`${base}a`, new Uint8Array(), LONG);
      expect.same('find of the empty value', await bound.find(`${base}a`), new Uint8Array());
      expect.same('exists in the other case', await bound.exists(`${base}A`), false);
      expect.same('exists with a space', await bound.exists(`${base}a `), false);
      await bound.store(`${base}a`, bytes('second'), LONG);
      await bound.store(`${base}b`, bytes('other'), LONG);
      await bound.remove(`${base}B`);
      await bound.remove(`${base}_`);
      expect.same('find of the last write', await bound.find(`${base}a`), bytes('second'));
      await bound.remove(`${base}a`);
      expect.same('find once removed', await bound.find(`${base}a`), null);
      expect.same('exists of the other', await bound.exists(`${base}b`), true);
      await tx.commit();
      expect.same('exists of the removed', await store.exists(`${base}a`), false);
      expect.same('find of the other', await store.find(`${base}b`), bytes('other'));
    },
  ),
];

function text(value: Uint8Array | null | undefined): string | null {
  return value === null || value === undefined ? null : new TextDecoder().decode(value);
}
