import type { OperationName } from '../../moves.ts';
import { operationNames } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG, ROUNDING } from '../kit/material.ts';
import { expectHeld, together } from '../kit/steps.ts';

const { rule } = family('keys');

const MOST = 1_024;

/** Two keys that only an inexact comparison takes for one. */
interface Pair {
  readonly what: string;
  readonly one: string;
  readonly other: string;
}

/** What the end of a key must not be taken for. */
const ENDINGS: readonly (readonly [what: string, one: string, other: string])[] = [
  ['in case', 'order', 'Order'],
  ['in an accent', 'resume', 'resumé'],
  ['in normalisation form', 'é', 'e\u0301'],
  ['in compatibility form', 'ﬁ', 'fi'],
  ['in width', 'A', 'Ａ'],
  ['in a trailing space', 'a', 'a '],
  ['in a trailing line end', 'a', 'a\n'],
  ['after a NUL', 'a\0b', 'a\0c'],
  ['by what _ stands for', 'abc', 'a_c'],
  ['by what % stands for', 'abc', 'a%'],
  ['by what * stands for', 'abc', 'a*'],
  ['by what ? stands for', 'abc', 'a?c'],
  ['by what [b] stands for', 'abc', 'a[b]c'],
  ['in an escape', 'a b', 'a%20b'],
  ['in how bytes are read as text', 'é', 'Ã©'],
  ['in what ASCII lacks', 'é', '?'],
  ['in what 16 bits lack', '💳', '\ufffd\ufffd'],
  ['beyond 16 bits', '💳', '💴'],
  ['in the plane', '\u{1f4b3}', '\u{2f4b3}'],
  ['in a ligature of letters', 'ß', 'ss'],
  ['in what is invisible', 'ab', 'a\u200bb'],
  ['in how many spaces', 'a b', 'a  b'],
  ['in the kind of space', 'a b', 'a\tb'],
  ['in the kind of line end', 'a\nb', 'a\r\nb'],
  ['in a plus', 'a b', 'a+b'],
  ['in a doubled quote', "a'b", "a''b"],
  ['in a doubled backslash', 'a\\b', 'a\\\\b'],
  ['in the order of letters', 'ab', 'ba'],
  ['by more than what multiplies by 31 and adds', 'Aa', 'BB'],
  ['by more than what multiplies by 33 and adds', 'ab', 'bA'],
  ['by more than what turns bits and mixes', 'ba', 'cq'],
  ['by more than a CRC-32', 'WlZMkQ', 'ylvDlZ'],
];

/** Endings of one length that a hash takes for one, whatever is before them. */
const HASHED: readonly (readonly [hash: string, one: string, other: string])[] = [
  ['a CRC-32', 'WlZMkQ', 'ylvDlZ'],
  ['what multiplies by 31 and adds', 'Aa', 'BB'],
  ['what multiplies by 33 and adds', 'ab', 'bA'],
];

/** What the front of a key must not lose. */
const FRONTS: readonly (readonly [what: string, front: string])[] = [
  ['in a leading space', ' '],
  ['in a leading line end', '\n'],
  ['in a leading byte-order mark', '\ufeff'],
  ['in a leading NUL', '\0'],
  ['in a leading slash', '/'],
];

/** The text with that character after it, as often as the bytes have room for. */
function filled(text: string, character: string, size: number = MOST): string {
  const room = size - Buffer.byteLength(text);
  const width = Buffer.byteLength(character);
  return `${text}${'x'.repeat(room % width)}${character.repeat(Math.floor(room / width))}`;
}

function pairsOf(context: RuleContext): Pair[] {
  const pairs = ENDINGS.map(([what, one, other]) => {
    const base = context.key('');
    return { what, one: base + one, other: base + other };
  });
  const mixed = context.key('aA');
  pairs.push({ what: 'in case throughout', one: mixed.toLowerCase(), other: mixed });
  for (const [what, front] of FRONTS) {
    const one = context.key('a');
    pairs.push({ what, one, other: front + one });
  }
  for (const character of ['x', '💳']) {
    const base = context.key('');
    const others = `of 1,024 bytes, the others ${JSON.stringify(character)}`;
    const start = filled(base, character, MOST - 1);
    pairs.push({ what: `in the last ${others}`, one: `${start}a`, other: `${start}b` });
    pairs.push({ what: `in the first ${others}`, one: `a${start}`, other: `b${start}` });
    for (const [hash, one, other] of HASHED) {
      const long = filled(base, character, MOST - one.length);
      pairs.push({ what: `by more than ${hash} ${others}`, one: long + one, other: long + other });
    }
    const amid = (own: string): string => filled(`${filled(base, 'x', MOST / 2)}${own}`, character);
    pairs.push({ what: `amid ${others}`, one: amid('a'), other: amid('b') });
  }
  return pairs;
}

/** Each of a pair is the one that is asked for, and the one that must not be met; on keys of their own. */
function bothWays(context: RuleContext): Pair[] {
  const turned = pairsOf(context).map(({ what, one, other }) => {
    return { what: `${what}, the other way round`, one: other, other: one };
  });
  return [...pairsOf(context), ...turned];
}

type Try = (context: RuleContext, what: string, one: string, other: string) => Promise<void>;

/** Does the operation to `other` and expects that it met that key, and not `one`. */
const TRIES: Readonly<Record<OperationName, Try>> = {
  find: async ({ store, expect }, what, one, other) => {
    await store.store(one, bytes('one'), LONG);
    expect.same(`find of a vacant key ${what}`, await store.find(other), null);
    await store.store(other, bytes('other'), LONG);
    expect.same(`find of a key ${what}`, await store.find(other), bytes('other'));
    expect.same(`find of one ${what}`, await store.find(one), bytes('one'));
  },
  exists: async ({ store, expect }, what, one, other) => {
    await store.store(one, bytes('one'), LONG);
    expect.same(`exists of a vacant key ${what}`, await store.exists(other), false);
    expect.same(`exists of one ${what}`, await store.exists(one), true);
  },
  inspect: async ({ store, expect, token }, what, one, other) => {
    await store.claim(one, { token: token(), lease: LONG });
    const vacant = { state: 'vacant', takeover: false };
    expect.same(`inspect of a vacant key ${what}`, await store.inspect(other), vacant);
    expect.inspected(`inspect of one ${what}`, await store.inspect(one), 'claimed');
  },
  store: async ({ store, expect }, what, one, other) => {
    await store.store(one, bytes('one'), LONG);
    await store.store(other, bytes('other'), LONG);
    expect.same(`what was stored at one ${what}`, await store.find(one), bytes('one'));
    expect.same(`what was stored at the other ${what}`, await store.find(other), bytes('other'));
  },
  remove: async ({ store, expect }, what, one, other) => {
    await store.store(one, bytes('one'), LONG);
    await store.store(other, bytes('other'), LONG);
    await store.remove(other);
    expect.same(`what was not removed, ${what}`, await store.find(one), bytes('one'));
    expect.same(`what was removed, ${what}`, await store.find(other), null);
  },
  claim: async ({ store, expect, token }, what, one, other) => {
    for (const key of [one, other]) {
      const own = token();
      const result = await store.claim(key, { token: own, lease: LONG });
      expect.same(`a claim of a vacant key ${what}`, result.outcome, 'acquired');
      const done = await store.complete(key, own, bytes(key), LONG);
      expect.same(`complete of what was claimed, ${what}`, done, true);
    }
    for (const key of [one, other]) {
      const result = await store.claim(key, { token: token(), lease: LONG });
      const own = result.outcome === 'completed' && Buffer.compare(result.value, bytes(key)) === 0;
      expect.that(`a claim of a completed key ${what}`, own, 'its own result', result.outcome);
    }
  },
  complete: async (context, what, one, other) => {
    const { store, expect } = context;
    const token = await claimBoth(context, one, other);
    const done = await store.complete(other, token, bytes('result'), LONG);
    expect.same(`complete ${what}`, done, true);
    await expectHeld(context, `what was not completed, ${what}`, one);
    expect.same(`what was completed, ${what}`, await store.find(other), bytes('result'));
  },
  release: async (context, what, one, other) => {
    const { store, expect } = context;
    const token = await claimBoth(context, one, other);
    expect.same(`release ${what}`, await store.release(other, token), true);
    await expectHeld(context, `what was not released, ${what}`, one);
    const result = await store.claim(other, { token: context.token(), lease: LONG });
    expect.same(`a claim of what was released, ${what}`, result.outcome, 'acquired');
  },
  renew: async (context, what, one, other) => {
    const { store, expect } = context;
    const token = await claimBoth(context, one, other);
    expect.same(`renew ${what}`, await store.renew(other, token, 3 * LONG), true);
    const ask = { token: context.token(), lease: LONG };
    const kept = expect.inProgress('a claim of one', await store.claim(one, ask));
    const renewed = expect.inProgress('a claim of the other', await store.claim(other, ask));
    const [short, long] = [kept.leaseRemaining, renewed.leaseRemaining];
    const most = LONG + ROUNDING;
    expect.that(`the lease not renewed, ${what}`, short <= most, `at most ${most} ms`, short);
    expect.that(`the lease renewed, ${what}`, long > most, `more than ${most} ms`, long);
  },
};

/** One token on both keys: only the key says which of them is meant. */
async function claimBoth(context: RuleContext, one: string, other: string): Promise<string> {
  const token = context.token();
  for (const key of [one, other]) {
    const result = await context.store.claim(key, { token, lease: LONG });
    context.expect.acquired('a claim of a vacant key', result);
  }
  return token;
}

/** Keys are compared byte for byte, by each operation and not only by the one that others look with. */
export const exactKeyRules: readonly Rule[] = operationNames.map((operation) =>
  rule(
    `exact-in-${operation}`,
    `${operation} takes a key byte for byte, however long: by case, accents, normalisation, spaces, NUL and patterns it meets that key and no other.`,
    (context) =>
      together(
        bothWays(context).map(
          ({ what, one, other }) =>
            () =>
              TRIES[operation](context, `that differs ${what}`, one, other),
        ),
      ),
    { proves: { property: 'keys', moves: [operation] } },
  ),
);
