import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, acquireAndComplete, expectCompleted, together } from '../kit/steps.ts';

const { rule } = family('values');

/** Sends the values in by store and by complete, all at once, and expects each back the same. */
async function expectRoundTrips(
  context: RuleContext,
  values: readonly (readonly [what: string, value: Uint8Array])[],
): Promise<void> {
  const trips = values.flatMap(([what, value]) => [
    async () => {
      const key = context.key('stored');
      await context.store.store(key, value, LONG);
      await expectCompleted(context, `${what}, by store`, key, value);
    },
    async () => {
      const key = context.key('completed');
      await acquireAndComplete(context, key, value);
      await expectCompleted(context, `${what}, by complete`, key, value);
    },
  ]);
  await together(trips);
}

function expectTexts(context: RuleContext, texts: readonly string[]): Promise<void> {
  return expectRoundTrips(
    context,
    texts.map((text) => [`the value ${JSON.stringify(text)}`, bytes(text)]),
  );
}

function randomBytesOf(context: RuleContext, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => context.random(256));
}

/** Values are opaque bytes; what goes in is what comes out. */
export const valueRules: readonly Rule[] = [
  rule(
    'empty-is-not-absent',
    'An empty value is a value: found as 0 bytes, never as null.',
    (context) => expectRoundTrips(context, [['an empty value', new Uint8Array(0)]]),
  ),

  rule('empty-replaces', 'An empty value replaces a longer one.', async (context) => {
    const key = context.key();
    await context.store.store(key, bytes('longer'), LONG);
    await context.store.store(key, new Uint8Array(0), LONG);
    await expectCompleted(context, 'after storing nothing over something', key, new Uint8Array(0));
  }),

  rule('all-bytes', 'Each of the 256 byte values comes back as it was.', (context) =>
    expectRoundTrips(context, [['all byte values', Uint8Array.from({ length: 256 }, (_, i) => i)]]),
  ),

  rule('not-text', 'Bytes that are no UTF-8 come back as they were.', (context) =>
    expectRoundTrips(context, [
      [
        'bytes that are no UTF-8',
        Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf8, 0x80, 0x0d, 0x0a, 0x1a),
      ],
    ]),
  ),

  rule(
    'trailing-zeros',
    'Zero bytes at either end are kept, and their number counts.',
    (context) => {
      const values = [[0], [0, 0], [1, 0], [1, 0, 0], [0, 1], [0, 0, 1, 0, 0]];
      return expectRoundTrips(
        context,
        values.map((value) => [`the bytes ${value.join(' ')}`, Uint8Array.from(value)]),
      );
    },
  ),

  rule('trailing-spaces', 'Spaces and line ends at either end of a value are kept.', (context) =>
    expectTexts(context, [' ', 'a ', ' a', 'a\n', 'a\r\n', '\n']),
  ),

  rule(
    'no-meaning',
    'A value means nothing to the store: no text in it is read as null, a number or a claim.',
    (context) =>
      expectTexts(context, [
        'null',
        'undefined',
        '',
        '0',
        'false',
        '1e999',
        '{}',
        '{"token":"x"}',
        'OK',
        'claimed',
      ]),
  ),

  rule(
    'sizes',
    'Values around the sizes at which stores change their ways come back as they were.',
    (context) => {
      const lengths = [1, 255, 256, 4_095, 4_096, 7_999, 8_001, 65_535, 65_537, 1_048_577];
      return expectRoundTrips(
        context,
        lengths.map((length) => [`${length} bytes`, randomBytesOf(context, length)]),
      );
    },
  ),

  rule(
    'replaced-by-shorter',
    'A shorter value that replaces a longer one leaves nothing of it.',
    async (context) => {
      const key = context.key();
      await context.store.store(key, randomBytesOf(context, 10_000), LONG);
      const short = randomBytesOf(context, 9);
      await context.store.store(key, short, LONG);
      await expectCompleted(context, 'after the shorter value', key, short);
    },
  ),

  rule('largest', 'A value of exactly 16 MiB is taken whole.', async (context) => {
    const { store, expect } = context;
    const value = new Uint8Array(16 * 1024 * 1024);
    const piece = randomBytesOf(context, 65_521);
    for (let i = 0; i < value.length; i += piece.length) {
      value.set(piece.subarray(0, Math.min(piece.length, value.length - i)), i);
    }
    const key = context.key();
    await store.store(key, value, LONG);
    const found = await store.find(key);
    expect.that(
      'find',
      found !== null && Buffer.compare(found, value) === 0,
      '16 MiB as they were',
      found,
    );
    await store.remove(key);
  }),

  rule(
    'too-large',
    'A value of more than 16 MiB is refused with IDEM_INVALID_VALUE, before anything is sent.',
    async (context) => {
      const { store, expect } = context;
      const value = new Uint8Array(16 * 1024 * 1024 + 1);
      const { key, token } = await acquire(context, context.key());
      await expect.refused('store of 16 MiB + 1', 'IDEM_INVALID_VALUE', () =>
        store.store(key, value, LONG),
      );
      await expect.refused('complete with 16 MiB + 1', 'IDEM_INVALID_VALUE', () =>
        store.complete(key, token, value, LONG),
      );
      expect.same('find afterwards', await store.find(key), null);
      expect.same('renew by the holder afterwards', await store.renew(key, token, LONG), true);
    },
  ),
];
