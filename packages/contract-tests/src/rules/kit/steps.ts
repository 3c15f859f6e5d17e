import type { Acquired } from '@idem/core';
import type { RuleContext } from '../../rule.ts';
import { bytes, LONG } from './material.ts';

/** Who holds a key, and how it was acquired. */
export interface Holder extends Acquired {
  readonly key: string;
  readonly token: string;
}

interface ClaimOptions {
  readonly what?: string;
  readonly lease?: number;
  readonly fingerprint?: string;
}

/** Claims the key with a new token; ends the rule when it is not acquired. */
export async function acquire(
  context: RuleContext,
  key: string,
  options: ClaimOptions = {},
): Promise<Holder> {
  const { what = 'a claim of the vacant key', lease = LONG, fingerprint } = options;
  const token = context.token();
  const result = await context.store.claim(key, { token, lease, fingerprint });
  return { ...context.expect.acquired(what, result), key, token };
}

/** Claims the key with a new token and completes it; ends the rule when either fails. */
export async function acquireAndComplete(
  context: RuleContext,
  key: string,
  value: Uint8Array = bytes('result'),
  options: ClaimOptions & { readonly ttl?: number } = {},
): Promise<Holder> {
  const holder = await acquire(context, key, options);
  const done = await context.store.complete(key, holder.token, value, options.ttl ?? LONG);
  if (!done) context.expect.broken('complete by the holder: expected true, saw false');
  return holder;
}

/** Expects that somebody else's claim still holds, with its fingerprint; asks with a new token. */
export async function expectHeld(
  context: RuleContext,
  what: string,
  key: string,
  fingerprint: string | null = null,
): Promise<void> {
  const { store, expect } = context;
  const result = await store.claim(key, {
    token: context.token(),
    lease: LONG,
    fingerprint: 'asks',
  });
  const held = result.outcome === 'in-progress' && result.fingerprint === fingerprint;
  const expected = `the holder's claim in progress with fingerprint ${JSON.stringify(fingerprint)}`;
  expect.that(what, held, expected, result);
}

/** Expects a completed record with this value and fingerprint, from find, exists and claim alike. */
export async function expectCompleted(
  context: RuleContext,
  what: string,
  key: string,
  value: Uint8Array,
  fingerprint: string | null = null,
): Promise<void> {
  const { store, expect } = context;
  expect.same(`${what}: find`, await store.find(key), value);
  expect.same(`${what}: exists`, await store.exists(key), true);
  const result = await store.claim(key, { token: context.token(), lease: LONG });
  expect.same(`${what}: claim`, result, { outcome: 'completed', value, fingerprint });
}

/** Expects a vacant key: nothing found, and a new token acquires it. The key is claimed afterwards. */
export async function expectVacant(
  context: RuleContext,
  what: string,
  key: string,
): Promise<Acquired> {
  const { store, expect } = context;
  expect.same(`${what}: find`, await store.find(key), null);
  expect.same(`${what}: exists`, await store.exists(key), false);
  const result = await store.claim(key, { token: context.token(), lease: LONG });
  return expect.acquired(`${what}: a claim`, result);
}

/** Does all of it at once, and ends when all of it has ended: a rule leaves nothing under way behind. */
export async function together(tasks: readonly (() => Promise<unknown>)[]): Promise<void> {
  const results = await Promise.allSettled(tasks.map((task) => task()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** Nothing that a token can do is done for this one: its claim is over. */
export async function expectNotHeld(
  { store, expect }: RuleContext,
  what: string,
  key: string,
  token: string,
): Promise<void> {
  expect.same(`renew by ${what}`, await store.renew(key, token, LONG), false);
  expect.same(`release by ${what}`, await store.release(key, token), false);
  const done = await store.complete(key, token, bytes('late'), LONG);
  expect.same(`complete by ${what}`, done, false);
}
