import { isAbsent } from '../../harness.ts';
import { idOf, type Move } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { acquire, together } from '../kit/steps.ts';

const { rule } = family('expiry');

const TEN_YEARS = 315_576_000_000;
/** Around what 31 and 32 bits hold, beyond, and the longest that there is. */
const LENGTHS = [
  // Of a day, and of 16 bits of seconds; and of 24 bits.
  ...[65_536_001, 86_400_001, 2 ** 24 + 1],
  ...[2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33 + 7, TEN_YEARS],
];
/** Those whose ends a driven clock reaches. */
const REACHED = [2 ** 31 + 1, 2 ** 32 + 1];

type Lasting = Extract<Move, 'store' | 'claim' | 'claim again' | 'complete' | 'renew'>;

/** Gives a key a ttl or a lease of this length by one move, and answers the key. */
const GIVE: Readonly<Record<Lasting, (context: RuleContext, length: number) => Promise<string>>> = {
  store: async (context, length) => {
    const key = context.key();
    await context.store.store(key, bytes('value'), length);
    return key;
  },
  complete: async (context, length) => {
    const { key, token } = await acquire(context, context.key());
    await context.store.complete(key, token, bytes('value'), length);
    return key;
  },
  claim: async (context, length) => (await acquire(context, context.key(), { lease: length })).key,
  'claim again': async (context, length) => {
    const { key, token } = await acquire(context, context.key());
    await context.store.claim(key, { token, lease: length });
    return key;
  },
  renew: async (context, length) => {
    const { key, token } = await acquire(context, context.key());
    await context.store.renew(key, token, length);
    return key;
  },
};

const MOVES: readonly Lasting[] = ['store', 'claim', 'claim again', 'complete', 'renew'];

async function expectLive(context: RuleContext, what: string, key: string): Promise<number> {
  const { store, expect } = context;
  const seen = await store.inspect(key);
  expect.that(what, seen.state !== 'vacant', 'live', seen);
  const result = await store.claim(key, { token: context.token(), lease: LONG });
  expect.that(`a claim: ${what}`, result.outcome !== 'acquired', 'not acquired', result);
  if (seen.state === 'completed') return seen.ttlRemaining;
  return seen.state === 'claimed' ? seen.leaseRemaining : 0;
}

async function expectLength(move: Lasting, context: RuleContext, length: number): Promise<void> {
  const { store, expect, harness } = context;
  const clock = isAbsent(harness.clock) ? undefined : harness.clock;
  const begun = await clock?.now();
  const key = await GIVE[move](context, length);
  const what = `${move} for ${length} ms`;
  const left = await expectLive(context, what, key);
  const now = await clock?.now();
  // What has passed since, where that can be known: so rounding to seconds or minutes shows too.
  const passed = begun === undefined || now === undefined ? LONG : now - begun + 2 * ROUNDING;
  const near = left <= length + ROUNDING && left >= length - passed;
  expect.that(`what is left, ${what}`, near, `about ${length} ms`, left);
  await store.remove(key);
}

async function expectEnd(move: Lasting, context: RuleContext, length: number): Promise<void> {
  const { store, expect, clock } = context;
  const key = await GIVE[move](context, length);
  const end = (await clock.now()) + length;
  await clock.reach(end - 1);
  const what = `${move} for ${length} ms, in its last millisecond`;
  const seen = await store.inspect(key);
  if (seen.state === 'claimed') {
    const near = seen.heldFor >= length - LONG && seen.heldFor <= length + LONG;
    expect.that(`heldFor: ${what}`, near, `about ${length} ms`, seen.heldFor);
  }
  await expectLive(context, what, key);
  await clock.reach(end);
  const { state } = await store.inspect(key);
  expect.same(`${move} for ${length} ms, at its end`, state, 'vacant');
}

/** Long times by each move that begins one: none is cut, none runs over. */
export const longTimeRules: readonly Rule[] = MOVES.map((move) =>
  rule(
    `long-in-${idOf(move)}`,
    `${move} keeps times of 31 and 32 bits and of ten years as they are: none is cut or runs over.`,
    async (context) => {
      await together(LENGTHS.map((length) => () => expectLength(move, context, length)));
      const { clock } = context.harness;
      if (isAbsent(clock) || !clock.driven) return;
      for (const length of REACHED) await expectEnd(move, context, length);
    },
    { proves: { property: 'long-times', moves: [move], driven: true } },
  ),
);
