import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { eachOperation } from '../kit/operations.ts';
import { acquireAndComplete, expectCompleted } from '../kit/steps.ts';

const { rule } = family('keys');

const MOST = 1_024;
const WIDTHS = [
  [1, 'x'],
  [2, 'é'],
  [3, '€'],
  [4, '💳'],
] as const;

/** A key of exactly so many bytes that ends in `ending`. */
function keyOf(context: RuleContext, length: number, character: string, ending = ''): string {
  const base = context.key('');
  const room = length - Buffer.byteLength(base + ending);
  const width = Buffer.byteLength(character);
  return base + 'x'.repeat(room % width) + character.repeat(Math.floor(room / width)) + ending;
}

async function expectRefused(
  context: RuleContext,
  keys: readonly [string, unknown][],
): Promise<void> {
  for (const [what, key] of keys) {
    for (const [name, call] of eachOperation(context, { key })) {
      await context.expect.refused(`${name} with ${what} as key`, 'IDEM_INVALID_KEY', call);
    }
  }
}

/** Keys are 1 to 1,024 bytes of well-formed Unicode; anything else is refused. */
export const keyLimitRules: readonly Rule[] = [
  rule(
    'longest',
    'A key of 1,024 bytes is taken whole, whatever its characters.',
    async (context) => {
      for (const [width, character] of WIDTHS) {
        const key = keyOf(context, MOST, character);
        const what = `a key of 1,024 bytes in characters of ${width}`;
        await acquireAndComplete(context, key, bytes(what), { fingerprint: 'print', what });
        await expectCompleted(context, what, key, bytes(what), 'print');
      }
    },
  ),

  rule(
    'last-byte',
    'Keys that differ only in the last of 1,024 bytes are different keys.',
    async (context) => {
      const { store, expect } = context;
      const start = keyOf(context, MOST - 1, 'x');
      const keys = [`${start}a`, `${start}b`, `${start} `, start];
      for (const [i, key] of keys.entries()) await store.store(key, bytes(`value ${i}`), LONG);
      for (const [i, key] of keys.entries()) {
        const what = `find of the key of ${Buffer.byteLength(key)} bytes that ends in "${key.slice(-1)}"`;
        expect.same(what, await store.find(key), bytes(`value ${i}`));
      }
    },
  ),

  rule('shortest', 'A key of one byte is a key.', async (context) => {
    // Not unique to this run: only read, never written.
    for (const key of ['a', ' ', '\0']) {
      const answered = await context.store.exists(key);
      const what = `exists of the key ${JSON.stringify(key)}`;
      context.expect.that(what, typeof answered === 'boolean', 'true or false', answered);
    }
  }),

  rule(
    'too-long',
    'A key of more than 1,024 bytes is refused with IDEM_INVALID_KEY, by every operation.',
    (context) =>
      expectRefused(
        context,
        WIDTHS.map(([width, character]) => [
          `1,025 bytes in characters of ${width}`,
          keyOf(context, MOST + 1, character),
        ]),
      ),
  ),

  rule('empty', 'The empty key is refused with IDEM_INVALID_KEY, by every operation.', (context) =>
    expectRefused(context, [['the empty string', '']]),
  ),

  rule(
    'lone-surrogates',
    'A key with a lone surrogate is refused with IDEM_INVALID_KEY, by every operation: it has no UTF-8.',
    (context) => {
      const key = context.key();
      return expectRefused(context, [
        ['a high surrogate at the end', `${key}\ud83d`],
        ['a low surrogate at the start', `\udcb3${key}`],
        ['a high surrogate in the middle', `${key}\ud83d${key}`],
        ['surrogates in the wrong order', `${key}\udcb3\ud83d`],
      ]);
    },
  ),

  rule(
    'not-a-string',
    'A key that is not a string is refused with IDEM_INVALID_KEY, by every operation.',
    (context) =>
      expectRefused(context, [
        ['undefined', undefined],
        ['null', null],
        ['a number', 42],
        ['a bigint', 42n],
        ['a boolean', true],
        ['a symbol', Symbol('key')],
        ['an object', { key: 'a' }],
        ['an object that turns into a string', { toString: () => context.key() }],
        ['a String object', Object(context.key())],
        ['an array', [context.key()]],
        ['bytes', bytes('key')],
        ['a function', () => context.key()],
      ]),
  ),
];
