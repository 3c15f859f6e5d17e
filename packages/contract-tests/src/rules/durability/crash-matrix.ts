import { setTimeout as sleep } from 'node:timers/promises';
import type { Inspection } from '@idem/core';
import { isAbsent } from '../../harness.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { crash, durable } from '../kit/crash.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, type Holder } from '../kit/steps.ts';

const { rule } = family('durability');

/** How much of a time a crash and what comes after may take, in milliseconds. */
const RECOVERY = 5 * 60_000;
/** A lease that has ended by the time that `pass` has passed, in milliseconds. */
const SHORT = 20;
const PASSED = 60;

/** Lets time pass at the backend, so that what begins anew with a crash differs from what goes on. */
async function pass({ harness: { clock } }: RuleContext): Promise<void> {
  if (isAbsent(clock)) await sleep(PASSED);
  else await clock.reach((await clock.now()) + PASSED);
}

/** The same as before but for the times, which go on and do not begin anew. */
export function expectGoesOn(
  { expect }: RuleContext,
  what: string,
  before: Inspection,
  after: Inspection,
): void {
  expect.same(`${what}, beside its times`, timeless(after), timeless(before));
  const [was, is] = [leftOf(before), leftOf(after)];
  const right = is <= was + ROUNDING && is > was - RECOVERY;
  expect.that(`what is left of the time of ${what}`, right, `at most ${was} ms, and near it`, is);
  if (before.state !== 'claimed' || after.state !== 'claimed') return;
  const held = after.heldFor + ROUNDING >= before.heldFor;
  expect.that(`heldFor of ${what}`, held, `at least ${before.heldFor} ms`, after.heldFor);
}

function timeless(inspection: Inspection): object {
  if (inspection.state === 'vacant') return inspection;
  if (inspection.state === 'completed') return { ...inspection, ttlRemaining: 0 };
  return { ...inspection, heldFor: 0, leaseRemaining: 0 };
}

function leftOf(inspection: Inspection): number {
  if (inspection.state === 'vacant') return 0;
  return inspection.state === 'claimed' ? inspection.leaseRemaining : inspection.ttlRemaining;
}

/** Keys and values that a file, a log or a protocol could change on their way. */
const KEYS = ['é', 'e\u0301', 'a\0b', 'a ', 'A', '💳', 'x'.repeat(900)];
/** Endings of one key, which only an inexact name of a file or a row takes for the same. */
const ALIKE = ['', 'é', 'e\u0301', 'a', 'A', 'a ', 'a/', 'a\0', 'a:', 'a*', 'ab', 'ba'];
const VALUES: readonly Uint8Array[] = [
  new Uint8Array(),
  Uint8Array.from({ length: 256 }, (_, i) => i),
  bytes('\\x61\n'),
  new Uint8Array(300_000).fill(0xfe),
];

const NAMES = ['a claim', 'a repeated claim', 'a renewed claim', 'a takeover'];

/** Every character that a fingerprint may have, and as many as it may have. */
export function printOf(own: string): string {
  const visible = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join('');
  return `${visible}${Buffer.from(own).toString('hex')}`.padEnd(256, 'aA0');
}

/** What is recorded right before the crash: small, empty, and so large that it may be kept elsewhere. */
const LASTS: readonly Uint8Array[] = [
  bytes('last'),
  new Uint8Array(),
  new Uint8Array(100_000).fill(3),
  new Uint8Array(3_000_000).fill(7),
];

/** By a token that is as long as it may be. */
export async function holder(context: RuleContext, label: string): Promise<Holder> {
  const [key, token] = [context.key(label), context.token().padEnd(128, 'aA0_-')];
  const request = { token, lease: LONG, fingerprint: printOf(label) };
  const result = await context.store.claim(key, request);
  return { ...context.expect.acquired('a claim of the vacant key', result), key, token };
}

/** Whatever an operation acknowledged is so after a crash, in each of its parts. */
export const crashMatrix: readonly Rule[] = [
  rule(
    'results-survive-whole',
    'What store and complete acknowledged is there after a crash in every part: key, value, fingerprint, token, and a ttl that goes on.',
    durable(async (context) => {
      const { store, expect } = context;
      const base = context.key('alike');
      const stored: (readonly [string, Uint8Array])[] = [
        ...KEYS.map((ending) => [context.key(ending), bytes(ending)] as const),
        ...ALIKE.map((ending) => [`${base}${ending}`, bytes(ending)] as const),
        ...VALUES.map((value) => [context.key('value'), value] as const),
      ];
      for (const [key, value] of stored) await store.store(key, value, LONG);
      const completed = VALUES.map((value) => ({ label: `completed-${value.length}`, value }));
      const holders = new Map<Holder, Uint8Array>();
      for (const { label, value } of completed) {
        const held = await holder(context, label);
        await store.complete(held.key, held.token, value, 2 * LONG);
        await store.complete(held.key, held.token, bytes('again'), LONG);
        holders.set(held, value);
      }
      const keys = [...stored.map(([key]) => key), ...[...holders.keys()].map(({ key }) => key)];
      await pass(context);
      const before = await Promise.all(keys.map((key) => store.inspect(key)));
      const lasts = await Promise.all(
        LASTS.map(async (value) => ({ value, ...(await holder(context, 'last')) })),
      );
      const stores = LASTS.map((value) => ({ value, key: context.key('last') }));
      await Promise.all(stores.map(({ key, value }) => store.store(key, value, LONG)));
      // The last thing before the crash: nothing else may have carried it to the disk.
      await Promise.all(
        lasts.map(({ key, token, value }) => store.complete(key, token, value, LONG)),
      );
      await crash(context);
      for (const { key, value } of [...lasts, ...stores]) {
        const found = await store.find(key);
        const same = found !== null && Buffer.compare(found, value) === 0;
        expect.that(`${value.length} bytes that came last`, same, 'as they were', found);
      }
      for (const [i, key] of keys.entries()) {
        const was = before[i];
        const what = `the record at ${JSON.stringify(key.slice(-12))}`;
        if (was !== undefined) expectGoesOn(context, what, was, await store.inspect(key));
      }
      for (const [key, value] of stored) {
        const what = `find of ${JSON.stringify(key.slice(-12))} after the crash`;
        expect.same(what, await store.find(key), value);
        expect.same(what.replace('find', 'exists'), await store.exists(key), true);
      }
      for (const [{ key, token }, value] of holders) {
        expect.same('exists of a result after the crash', await store.exists(key), true);
        expect.same('find of a result after the crash', await store.find(key), value);
        const claim = await store.claim(key, { token: context.token(), lease: LONG });
        const replayed = claim.outcome === 'completed' ? claim.value : null;
        expect.same('a replay after the crash', replayed, value);
        const again = await store.complete(key, token, bytes('late'), LONG);
        expect.same('complete, repeated after the crash', again, true);
        const other = await store.complete(key, context.token(), bytes('late'), LONG);
        expect.same('complete by another after the crash', other, false);
      }
    }),
    {
      needs: ['crash'],
      exclusive: true,
      proves: { property: 'crash', moves: ['store', 'complete', 'complete again'] },
    },
  ),

  rule(
    'claims-survive-whole',
    'What claim, a repeated claim and renew acknowledged is so after a crash, and after a second one, in every part: fence, fingerprint, takeover, token, and a lease that goes on.',
    durable(async (context) => {
      const { store, expect } = context;
      const [claimed, repeated, renewed] = [
        await holder(context, 'claimed'),
        await holder(context, 'repeated'),
        await holder(context, 'renewed'),
      ];
      const lapsing = context.key('takeover');
      await acquire(context, lapsing, { lease: SHORT });
      await pass(context);
      const takeover = await acquire(context, lapsing, { what: 'a takeover' });
      await store.claim(repeated.key, { token: repeated.token, lease: 3 * LONG });
      await store.renew(renewed.key, renewed.token, 3 * LONG);
      const base = context.key('alike');
      const alike = await Promise.all(
        ALIKE.map((ending) =>
          acquire(context, `${base}${ending}`, { fingerprint: printOf(ending) }),
        ),
      );
      const holders = [claimed, repeated, renewed, takeover, ...alike];
      await pass(context);
      const before = await Promise.all(holders.map(({ key }) => store.inspect(key)));
      const last = await holder(context, 'last');
      await store.renew(last.key, last.token, 3 * LONG);
      await crash(context);
      // What was read back from the disk must be on it still.
      await crash(context);
      const seen = expect.inspected('renewed last', await store.inspect(last.key), 'claimed');
      const right = seen.leaseRemaining > 2 * LONG;
      expect.that('its lease', right, `more than ${2 * LONG} ms`, seen.leaseRemaining);
      for (const [i, { key, token, fence }] of holders.entries()) {
        const what =
          NAMES[i] ?? `a claim of the key ending in ${JSON.stringify(ALIKE[i - NAMES.length])}`;
        const was = before[i];
        if (was !== undefined) expectGoesOn(context, what, was, await store.inspect(key));
        const again = await store.claim(key, { token, lease: LONG });
        const told = again.outcome === 'acquired' ? again : { fence: null, takeover: null };
        const { takeover } = told;
        expect.same(
          `${what}, repeated`,
          { fence: told.fence, takeover },
          { fence, takeover: i === 3 },
        );
        const done = await store.complete(key, token, bytes('result'), LONG);
        expect.same(`${what}, completed`, done, true);
      }
    }),
    {
      needs: ['crash'],
      exclusive: true,
      proves: { property: 'crash', moves: ['claim', 'claim again', 'renew'] },
    },
  ),

  rule(
    'endings-survive-whole',
    'What release and remove acknowledged, and what lapsed, is so after a crash: vacant, the takeover owed or not, and every later fence greater.',
    durable(async (context) => {
      const { store, expect } = context;
      const [released, removed, completed, kept] = [
        await holder(context, 'released'),
        await holder(context, 'removed'),
        await holder(context, 'completed-and-removed'),
        await holder(context, 'completed'),
      ];
      const lapsed = await acquire(context, context.key('lapsed'), { lease: SHORT });
      await pass(context);
      const lapsing = await acquire(context, context.key('lapsing'), { lease: SHORT });
      await store.release(released.key, released.token);
      await store.remove(removed.key);
      await store.complete(completed.key, completed.token, bytes('result'), LONG);
      await store.remove(completed.key);
      await store.complete(kept.key, kept.token, bytes('result'), LONG);
      const last = await holder(context, 'last');
      await store.claim(last.key, { token: last.token, lease: 3 * LONG });
      await crash(context);
      const seen = expect.inspected('claimed again last', await store.inspect(last.key), 'claimed');
      const right = seen.leaseRemaining > 2 * LONG;
      expect.that('its lease', right, `more than ${2 * LONG} ms`, seen.leaseRemaining);
      await pass(context);
      await store.remove(kept.key);
      for (const [what, { key, fence, token }, takeover] of [
        ['what was released', released, false],
        ['a claim that was removed', removed, false],
        ['a result that was removed', completed, false],
        ['a result that was removed after the crash', kept, false],
        ['what had lapsed', lapsed, true],
        ['what lapsed with the crash', lapsing, true],
      ] as const) {
        expect.same(`inspect of ${what}`, await store.inspect(key), { state: 'vacant', takeover });
        const done = await store.complete(key, token, bytes('late'), LONG);
        expect.same(`complete of ${what}`, done, false);
        const next = await acquire(context, key, { what: `a claim of ${what}` });
        expect.same(`takeover after ${what}`, next.takeover, takeover);
        expect.that(`fence after ${what}`, next.fence > fence, `more than ${fence}`, next.fence);
      }
    }),
    {
      needs: ['crash'],
      exclusive: true,
      proves: { property: 'crash', moves: ['release', 'remove', 'claim'] },
    },
  ),

  rule(
    'crash-is-no-shutdown',
    'The harness ends the backend without a word, and says how: a backend that is asked to stop writes down what it should have written before.',
    durable((context) => crash(context)),
    { needs: ['crash'], exclusive: true },
  ),
];
