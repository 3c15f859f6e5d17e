import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { LONG } from '../kit/material.ts';
import { acquire, together } from '../kit/steps.ts';

const { rule } = family('values');

const LENGTHS = [11, 500, 9_000, 70_000, 300_000];
/** Of longer ones there are few. */
const MANY = 100_000;

/** What leaves a CRC-32 as it was, wherever it is added to the bits: the polynomial itself. */
const POLYNOMIAL = [0x41, 0x06, 0x71, 0xdb, 0x01];

/** A value, and others of its length that only all of their bytes tell from it. */
function alike(length: number): readonly Uint8Array[] {
  const value = Uint8Array.from({ length }, (_, at) => (at * 7 + (at >> 8)) & 0xff);
  const middle = length >> 1;
  const others: readonly ((of: Uint8Array) => void)[] = [
    (of) => add(of, middle, POLYNOMIAL),
    (of) => add(of, length - 1, [0xff]),
    (of) => add(of, 0, [0xff]),
    (of) => add(of, middle, [0xff]),
    (of) => add(of, middle >> 1, [0x20]),
    // The same bytes in another order: the same sum.
    (of) => of.set([of[middle] ?? 0, of[middle - 1] ?? 0], middle - 1),
  ];
  return [
    value,
    ...others.slice(0, length > MANY ? 2 : others.length).map((change) => {
      const other = value.slice();
      change(other);
      return other;
    }),
  ];
}

function add(to: Uint8Array, at: number, bits: readonly number[]): void {
  for (const [i, bit] of bits.entries()) to[at + i] = (to[at + i] ?? 0) ^ bit;
}

async function expectOwn(
  { store, expect, token }: RuleContext,
  what: string,
  key: string,
  value: Uint8Array,
): Promise<void> {
  const found = await store.find(key);
  const same = found !== null && Buffer.compare(found, value) === 0;
  expect.that(`find of ${what}`, same, 'its own bytes', found);
  const result = await store.claim(key, { token: token(), lease: LONG });
  const own = result.outcome === 'completed' && Buffer.compare(result.value, value) === 0;
  expect.that(`a replay of ${what}`, own, 'its own bytes', result);
}

async function expectApart(context: RuleContext, length: number): Promise<void> {
  const { store } = context;
  const values = alike(length);
  const keys = values.map(() => context.key());
  const [one = new Uint8Array()] = values;
  await together(
    values.map((value, i) => async () => {
      const key = keys[i] ?? '';
      if (i % 2 === 0) return store.store(key, value, LONG);
      const { token } = await acquire(context, key);
      return store.complete(key, token, value, LONG);
    }),
  );
  await together(
    values.map((value, i) => async () => {
      const key = keys[i] ?? '';
      await expectOwn(context, `number ${i + 1} of ${length} bytes`, key, value);
      if (i === 0) return;
      await store.store(key, one, LONG);
      await expectOwn(context, `${length} bytes where number ${i + 1} was`, key, one);
    }),
  );
  for (const key of keys) await store.remove(key);
}

/** Values that only a look at all of their bytes tells apart. */
export const alikeValueRules: readonly Rule[] = [
  rule(
    'alike-are-apart',
    'Values of one length that differ in a single byte, wherever that is, or not even in a checksum, are what they are: side by side, and one stored over the other.',
    async (context) => {
      for (const length of LENGTHS) await expectApart(context, length);
    },
  ),
];
