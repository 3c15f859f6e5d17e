import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { now } from '../../model/monotonic.ts';
import type { Move } from '../../moves.ts';
import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, together } from '../kit/steps.ts';

const { rule } = family('values');

const MIB = 1024 * 1024;
const SIZES = [2 * MIB, 4 * MIB + 1, 16 * MIB];
/** Where lengths, pages, packets and inline limits have their edges. */
const around = (n: number): number[] => [2 ** n - 1, 2 ** n, 2 ** n + 1];
const EDGES = [...new Set(Array.from({ length: 20 }, (_, n) => around(n)).flat())];
/** Pieces in which values are cut up: of pages, packets, GridFS and streams. */
const PIECES = [
  1_000,
  2_000,
  4_000,
  7_168,
  8_000,
  8_060,
  10_000,
  65_520,
  64_000,
  100_000,
  255 * 1_024,
  1_000_000,
];
const CUTS = PIECES.flatMap((size) => [size, 2 * size]);
const LARGER_EDGES = [20, 21, 22, 23].flatMap(around);
/** Milliseconds after which the larger edges are left to quicker backends, but for those of a mebibyte. */
const ENOUGH = 150;

/** Beginnings and bytes that mean something to somebody, and nothing to a store. */
const ODD: Readonly<Record<string, readonly number[]>> = {
  'a byte-order mark': [0xef, 0xbb, 0xbf, 0x61],
  'a byte-order mark alone': [0xef, 0xbb, 0xbf],
  'a UTF-16 mark, little end first': [0xff, 0xfe, 0x61, 0x00],
  'a UTF-16 mark, big end first': [0xfe, 0xff, 0x00, 0x61],
  'what gzip packed': [...gzipSync('packed')],
  'what zlib packed': [...deflateSync('packed')],
  'what brotli packed': [...brotliCompressSync('packed')],
  'a number': [...Buffer.from('1.0')],
  null: [...Buffer.from('null')],
  'an object': [...Buffer.from('{ "type": "Buffer", "data": [1] }')],
  'a gzip header': [0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03],
  'a zlib header': [0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01],
  'a zstd header': [0x28, 0xb5, 0x2f, 0xfd, 0x00],
  'an lz4 header': [0x04, 0x22, 0x4d, 0x18],
  'a bytea in hex': [...Buffer.from('\\x6162')],
  'a hex literal': [...Buffer.from('0x6162')],
  base64: [...Buffer.from('YWJj')],
  'a quoted text': [...Buffer.from('"text"')],
  'a pickle': [0x80, 0x04, 0x4e, 0x2e],
  'a MessagePack map': [0x81, 0xa1, 0x61, 0x01],
  'a NUL at the front': [0x00, 0x61],
  'a NUL inside': [0x61, 0x00, 0x62],
  'a backslash at the end': [0x61, 0x5c],
  'line ends of both kinds': [0x0a, 0x61, 0x0d, 0x0a, 0x62, 0x0d],
  'an end-of-file mark': [0x61, 0x1a, 0x62],
  zeros: [0, 0, 0, 0],
  'high bytes': [0xff, 0xff, 0xff, 0x80],
};

/** What stands at the front of a long value, and what is packed itself, is looked at where short ones are not. */
const LONG_ENOUGH = 5_000;

function oddOnes({ random }: RuleContext): readonly (readonly [what: string, value: Uint8Array])[] {
  const chance = Uint8Array.from({ length: LONG_ENOUGH }, () => random(256));
  const packed = {
    'what gzip packed of 5,000 bytes': gzipSync(chance),
    'what zlib packed of 5,000 bytes': deflateSync(chance),
    'what brotli packed of 5,000 bytes': brotliCompressSync(chance),
  };
  return [
    ...Object.entries(ODD).flatMap(([what, odd]) => [
      [what, Uint8Array.from(odd)] as const,
      [
        `5,000 bytes behind ${what}`,
        Uint8Array.from([...odd, ...bytes('a'.repeat(LONG_ENOUGH))]),
      ] as const,
    ]),
    ...Object.entries(packed).map(([what, odd]) => [what, Uint8Array.from(odd)] as const),
  ];
}

type In = Extract<Move, 'store' | 'complete'>;
type Out = Extract<Move, 'find' | 'claim'>;

const PUT: Readonly<Record<In, (context: RuleContext, value: Uint8Array) => Promise<string>>> = {
  store: async (context, value) => {
    const key = context.key();
    await context.store.store(key, value, LONG);
    return key;
  },
  complete: async (context, value) => {
    const { key, token } = await acquire(context, context.key());
    const done = await context.store.complete(key, token, value, LONG);
    context.expect.same('complete', done, true);
    return key;
  },
};

const GET: Readonly<
  Record<Out, (context: RuleContext, key: string) => Promise<Uint8Array | null>>
> = {
  find: ({ store }, key) => store.find(key),
  claim: async ({ store, token }, key) => {
    const result = await store.claim(key, { token: token(), lease: LONG });
    return result.outcome === 'completed' ? result.value : null;
  },
};

const INS: readonly In[] = ['store', 'complete'];
const OUTS: readonly Out[] = ['find', 'claim'];

async function expectBack(
  context: RuleContext,
  move: In,
  what: string,
  value: Uint8Array,
): Promise<void> {
  const key = await PUT[move](context, value);
  for (const out of OUTS) {
    const back = await GET[out](context, key);
    const same = back !== null && Buffer.compare(back, value) === 0;
    context.expect.that(`${what}, by ${move} and ${out}`, same, 'as it was', back);
  }
  await context.store.remove(key);
}

/** Makes values of a size: each begins elsewhere in one piece of bytes of chance. */
function largeValues(context: RuleContext): (size: number) => Uint8Array {
  // A prime, so that what is cut and joined at powers of two shows.
  const piece = Uint8Array.from({ length: 65_521 }, () => context.random(256));
  return (size) => {
    const value = new Uint8Array(size);
    let from = context.random(piece.length);
    for (let at = 0; at < size; ) {
      const part = piece.subarray(from, Math.min(piece.length, from + size - at));
      value.set(part, at);
      at += part.length;
      from = 0;
    }
    return value;
  };
}

const kinds = [
  ['empty', new Uint8Array()],
  ['of a few bytes', bytes('a few')],
  ['of 70,000 bytes', new Uint8Array(70_000).fill(7)],
] as const;

/** Values by each way in and each way out. */
export const valueMatrix: readonly Rule[] = [
  ...INS.map((move) =>
    rule(
      `large-by-${move}`,
      `Values of 2, 4 and 16 MiB that ${move} was given come back whole, from find and in a replay.`,
      async (context) => {
        const made = largeValues(context);
        const small = [...EDGES, ...CUTS].map((size) => made(size));
        await together(
          small.map((value) => () => expectBack(context, move, `${value.length} bytes`, value)),
        );
        for (const size of SIZES) {
          await expectBack(context, move, `${size} bytes`, made(size));
        }
        const begun = now();
        for (const size of LARGER_EDGES) {
          if (size > MIB + 1 && now() - begun > ENOUGH) return;
          await expectBack(context, move, `${size} bytes`, made(size));
        }
      },
      { proves: { property: 'values', moves: [move, ...OUTS] } },
    ),
  ),

  ...INS.map((move) =>
    rule(
      `odd-by-${move}`,
      `Values that look like something else, such as a byte-order mark or a gzip header, short or long, come back as ${move} was given them, from find and in a replay.`,
      (context) =>
        together(
          oddOnes(context).map(
            ([what, odd]) =>
              () =>
                expectBack(context, move, what, odd),
          ),
        ),
      { proves: { property: 'values', moves: [move, ...OUTS] } },
    ),
  ),

  ...OUTS.map((move) =>
    rule(
      `own-from-${move}`,
      `What ${move} answers is a plain Uint8Array over memory of its own, whatever its size and however many ask at once.`,
      async (context) => {
        const { expect } = context;
        for (const [kind, value] of kinds) {
          for (const by of INS) {
            const what = `a value ${kind}, by ${by} and ${move}`;
            const key = await PUT[by](context, value);
            const asked = Array.from({ length: 4 }, () => GET[move](context, key));
            const all = [...(await Promise.all(asked)), await GET[move](context, key)];
            const answers = all.filter((answer) => answer !== null);
            expect.same(`${what}: how many answers`, answers.length, all.length);
            const plain = answers.every(
              (answer) => Object.getPrototypeOf(answer) === Uint8Array.prototype,
            );
            expect.that(what, plain, 'plain Uint8Arrays', answers[0]?.constructor.name);
            const memories = new Set(answers.map(({ buffer }) => buffer)).size;
            expect.same(`${what}: memories of ${answers.length} answers`, memories, answers.length);
            answers[0]?.fill(0x21);
            expect.same(`${what}: the next answer`, answers[1], value);
            expect.same(`${what}: what is found later`, await GET[move](context, key), value);
          }
        }
      },
      { proves: { property: 'values', moves: [move, ...INS] } },
    ),
  ),
];
