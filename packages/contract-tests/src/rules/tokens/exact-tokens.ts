import type { Move } from '../../moves.ts';
import { idOf } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { expectCompleted, expectHeld, together } from '../kit/steps.ts';

const { rule } = family('tokens');

/** Tokens that only an inexact comparison takes for the same, short and as long as may be. */
function pairsOf(context: RuleContext): (readonly [what: string, token: string, other: string])[] {
  const short = `aB-_${context.token()}`.slice(0, 22);
  const long = Array.from({ length: 6 }, () => context.token())
    .join('')
    .slice(0, 127);
  return [
    ['in case', short, swapCase(short)],
    ['in the case of its last letter', `${short}a`, `${short}A`],
    ['in its last character', `${short}a`, `${short}b`],
    ['in its first character', `a${short}`, `b${short}`],
    ['in being longer', short, `${short}a`],
    ['in being much longer', short, `${short}${long}`.slice(0, 128)],
    ['in - and _', `${short}-`, `${short}_`],
    ['in its 33rd character', `${long.slice(0, 32)}a`, `${long.slice(0, 32)}b`],
    ['in its 65th character', `${long.slice(0, 64)}a`, `${long.slice(0, 64)}b`],
    ['in the last of 128 characters', `${long}a`, `${long}b`],
    [
      'amid 128 characters',
      `${long.slice(0, 63)}a${long.slice(63)}`,
      `${long.slice(0, 63)}b${long.slice(63)}`,
    ],
    ['in the order of letters', `${short}ab`, `${short}ba`],
    ['by more than what multiplies by 31 and adds', `${short}Aa`, `${short}BB`],
    ['by more than a CRC-32', `${short}WlZMkQ`, `${short}ylvDlZ`],
    ['in what a double cannot hold', '1000000000000000000001', '1000000000000000000002'],
    ['in how it writes a number', '0000000000000000000012', '00000000000000000000012'],
  ];
}

function swapCase(text: string): string {
  return Array.from(text, (character) => {
    const lower = character.toLowerCase();
    return lower === character ? character.toUpperCase() : lower;
  }).join('');
}

type Try = (context: RuleContext, what: string, own: string, other: string) => Promise<void>;
type Tokened = Extract<
  Move,
  'claim' | 'claim again' | 'complete' | 'complete again' | 'release' | 'renew'
>;

/** Holds a key by `own`, tries the move by `other` and then by `own`. */
const TRIES: Readonly<Record<Tokened, Try>> = {
  claim: async (context, what, own, other) => {
    const key = await held(context, own);
    const result = await context.store.claim(key, { token: other, lease: LONG });
    context.expect.same(`a claim by a token that differs ${what}`, result.outcome, 'in-progress');
  },
  'claim again': async (context, what, own) => {
    const key = await held(context, own);
    const result = await context.store.claim(key, { token: own, lease: LONG });
    context.expect.same(
      `the claim repeated by a token like one that differs ${what}`,
      result.outcome,
      'acquired',
    );
  },
  complete: async (context, what, own, other) => {
    const { store, expect } = context;
    const key = await held(context, own);
    const stolen = await store.complete(key, other, bytes('stolen'), LONG);
    expect.same(`complete by a token that differs ${what}`, stolen, false);
    await expectHeld(context, `after complete by a token that differs ${what}`, key);
    const done = await store.complete(key, own, bytes('result'), LONG);
    expect.same('complete by the holder', done, true);
  },
  'complete again': async (context, what, own, other) => {
    const { store, expect } = context;
    const key = await held(context, own);
    await store.complete(key, own, bytes('result'), LONG);
    const stolen = await store.complete(key, other, bytes('stolen'), LONG);
    expect.same(`complete of a result by a token that differs ${what}`, stolen, false);
    const again = await store.complete(key, own, bytes('again'), LONG);
    expect.same('complete, repeated by the holder', again, true);
    await expectCompleted(context, 'the result', key, bytes('result'));
  },
  release: async (context, what, own, other) => {
    const { store, expect } = context;
    const key = await held(context, own);
    const stolen = await store.release(key, other);
    expect.same(`release by a token that differs ${what}`, stolen, false);
    await expectHeld(context, `after release by a token that differs ${what}`, key);
    expect.same('release by the holder', await store.release(key, own), true);
  },
  renew: async (context, what, own, other) => {
    const { store, expect } = context;
    const key = await held(context, own);
    const stolen = await store.renew(key, other, 3 * LONG);
    expect.same(`renew by a token that differs ${what}`, stolen, false);
    const seen = expect.inspected('inspect', await store.inspect(key), 'claimed');
    const kept = seen.leaseRemaining <= LONG + ROUNDING;
    expect.that('the lease after it', kept, `at most ${LONG} ms`, seen.leaseRemaining);
    expect.same('renew by the holder', await store.renew(key, own, LONG), true);
  },
};

async function held(context: RuleContext, token: string): Promise<string> {
  const key = context.key();
  const result = await context.store.claim(key, { token, lease: LONG });
  context.expect.acquired('a claim of the vacant key', result);
  return key;
}

const MOVES: readonly Tokened[] = [
  ...(['claim', 'claim again', 'complete', 'complete again', 'release', 'renew'] as const),
];

type Ending = Extract<Move, 'release' | 'remove' | 'complete' | 'store'>;

/** Ends the claim of a token, so that the key is vacant. */
const ENDINGS: Readonly<
  Record<Ending, (context: RuleContext, key: string, token: string) => Promise<unknown>>
> = {
  release: ({ store }, key, token) => store.release(key, token),
  remove: ({ store }, key) => store.remove(key),
  complete: async ({ store }, key, token) => {
    await store.complete(key, token, bytes('first'), LONG);
    await store.remove(key);
  },
  store: async ({ store }, key) => {
    await store.store(key, bytes('stored'), LONG);
    await store.remove(key);
  },
};

/** The same token again, at once or once others have had the key. */
async function expectUsable(context: RuleContext, ending: Ending, others: number): Promise<void> {
  const { store, expect } = context;
  const [key, token] = [context.key(), context.token()];
  let first = { fence: 0 };
  for (const by of [token, ...Array.from({ length: others }, () => context.token())]) {
    const request = { token: by, lease: LONG, fingerprint: 'first' };
    first = expect.acquired('an earlier claim', await store.claim(key, request));
    await ENDINGS[ending](context, key, by);
  }
  const among = others === 0 ? '' : ` and ${others} others`;
  const what = `a claim by the same token after ${ending}${among}`;
  const again = { token, lease: LONG, fingerprint: 'second' };
  const second = expect.acquired(what, await store.claim(key, again));
  expect.same(`${what}: takeover`, second.takeover, false);
  const grown = second.fence > first.fence;
  expect.that(`${what}: fence`, grown, `more than ${first.fence}`, second.fence);
  expect.same(`${what}: renew`, await store.renew(key, token, LONG), true);
  const done = await store.complete(key, token, bytes('second'), LONG);
  expect.same(`${what}: complete`, done, true);
  await expectCompleted(context, what, key, bytes('second'), 'second');
}

const endings: readonly Ending[] = ['release', 'remove', 'complete', 'store'];

const usedAgain: Rule = rule(
  'may-be-used-again',
  'A token whose claim was released, removed, completed or stored over may claim the key again, as any other does, at once and once others have had it.',
  (context) =>
    together(
      endings.flatMap((ending) =>
        [0, 1, 2].map((others) => () => expectUsable(context, ending, others)),
      ),
    ),
);

/** Tokens are compared character for character, whole, by each move that takes one. */
export const exactTokenRules: readonly Rule[] = [
  ...MOVES.map((move) =>
    rule(
      `exact-in-${idOf(move)}`,
      `${move} compares tokens whole, character for character, also the longest: case and the last character count.`,
      (context) =>
        together(
          pairsOf(context).flatMap(([what, own, other]) => [
            () => TRIES[move](context, what, own, other),
            () => TRIES[move](context, `${what}, the other way round`, other, own),
          ]),
        ),
      { proves: { property: 'tokens', moves: [move] } },
    ),
  ),
  usedAgain,
];
