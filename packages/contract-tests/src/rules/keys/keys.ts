import type { Rule, RuleContext } from '../../rule.ts';
import { family } from '../kit/family.ts';
import { bytes, LONG } from '../kit/material.ts';
import { acquire, together } from '../kit/steps.ts';

const { rule } = family('keys');

/** Puts something different under each key and expects that none of them met another. */
async function expectDistinct(context: RuleContext, endings: readonly string[]): Promise<void> {
  const { store, expect } = context;
  const base = context.key('');
  const keys = endings.map((ending) => ({ shown: JSON.stringify(ending), key: base + ending }));
  for (const { key, shown } of keys) await store.store(key, bytes(shown), LONG);
  const read = keys.map(({ key, shown }) => async () => {
    const found = await store.find(key);
    const text = found === null ? null : `the value of ${new TextDecoder().decode(found)}`;
    const own = text === `the value of ${shown}`;
    expect.that(`the key ending in ${shown}`, own, 'its own value', text);
  });
  await together(read);
  const claims = `${base}claims:`;
  const claim = endings.map((ending) => async () => {
    const what = `a claim of the key ending in ${JSON.stringify(ending)}`;
    const result = await store.claim(claims + ending, { token: context.token(), lease: LONG });
    const { outcome } = result;
    expect.that(what, outcome === 'acquired', 'acquired, since no other key is it', outcome);
  });
  await together(claim);
}

/** A rule that certain keys are different keys. */
function distinct(name: string, statement: string, endings: readonly string[]): Rule {
  return rule(name, statement, (context) => expectDistinct(context, endings));
}

/** Keys are compared byte for byte as UTF-8. */
export const keyRules: readonly Rule[] = [
  distinct('case', 'Keys that differ in case are different keys.', [
    'order',
    'Order',
    'ORDER',
    'ordeR',
  ]),

  distinct('accents', 'Keys that differ in an accent are different keys.', [
    'resume',
    'resumé',
    'résumé',
    'ò',
    'ö',
    'o',
  ]),

  distinct('normalisation', 'Keys that differ in Unicode normalisation form are different keys.', [
    'é',
    'e\u0301',
    'Å',
    '\u212b',
    'ﬁ',
    'fi',
    '가',
    '\u1100\u1161',
  ]),

  distinct('trailing-space', 'Keys that differ in trailing spaces are different keys.', [
    'a',
    'a ',
    'a  ',
    'a\t',
    'a\u00a0',
    'a\n',
    'a\r\n',
  ]),

  rule(
    'leading-space',
    'Keys that differ in leading spaces are different keys.',
    async (context) => {
      const { store, expect } = context;
      const key = context.key();
      const spaced = [` ${key}`, `  ${key}`, `\t${key}`, `\n${key}`, `\ufeff${key}`, key];
      for (const each of spaced) await store.store(each, bytes(JSON.stringify(each)), LONG);
      for (const each of spaced) {
        expect.same(
          `find of ${JSON.stringify(each)}`,
          await store.find(each),
          bytes(JSON.stringify(each)),
        );
      }
    },
  ),

  distinct('inner-space', 'Keys that differ in the spaces inside are different keys.', [
    'a b',
    'a  b',
    'ab',
    'a\tb',
    'a\u3000b',
  ]),

  distinct('nul', 'NUL is a character like any other: nothing ends at it.', [
    'a',
    'a\0',
    'a\0b',
    'a\0c',
    'a\0\0',
    '\0',
  ]),

  distinct('emoji', 'Emoji and other characters beyond 16 bits are significant.', [
    '💳',
    '💴',
    '👍',
    '👍🏽',
    '👩‍👩‍👧',
    '👩👩👧',
    '𝒜',
    'A',
    '\ufffd',
    '\ufffd\ufffd',
  ]),

  distinct('patterns', 'Characters that are patterns elsewhere mean only themselves.', [
    '%',
    '_',
    '*',
    '?',
    '[a]',
    '[',
    ']',
    '{a}',
    '{b}',
    '{}',
    ':',
    '::',
    'a',
    '\\',
    '\\*',
    '^',
    '$',
    '.',
    '.*',
  ]),

  distinct('quotes', 'Quotes, semicolons and comments in a key mean only themselves.', [
    "'",
    "''",
    '"',
    '`',
    "'; --",
    "' OR ''='",
    '/* */',
    '--',
    ';',
    '$1',
    '@p1',
    '$(a)',
    '\\u0061',
    'a',
    '%61',
    '&amp;',
    '&',
  ]),

  distinct('numbers', 'Keys that look like the same number are different keys.', [
    '1',
    '01',
    '1.0',
    '1e0',
    '+1',
    '-0',
    '0',
    '１',
    'null',
    'undefined',
    'NaN',
  ]),

  distinct('collation', 'Characters that a language takes for the same are different keys.', [
    'ß',
    'ss',
    'ẞ',
    'i',
    'İ',
    'ı',
    'I',
    'æ',
    'ae',
    'あ',
    'ア',
    'ｱ',
    'Ａ',
    'A',
    'co-op',
    'coop',
    'a\u200bb',
    'ab',
    'a\u00adb',
  ]),

  distinct('object-names', 'Names that objects have by themselves are keys like any other.', [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'length',
  ]),

  rule(
    'object-names-whole',
    'A key that is the name of something every object has is vacant at first.',
    async (context) => {
      // Not unique to this run: only read, never written.
      for (const key of ['__proto__', 'constructor', 'toString', 'valueOf']) {
        context.expect.same(`find of "${key}"`, await context.store.find(key), null);
        context.expect.same(`exists of "${key}"`, await context.store.exists(key), false);
      }
    },
  ),

  distinct('prefixes', 'A key that begins like another is a different key.', [
    'a',
    'aa',
    'aaa',
    'a:',
    'a:a',
    'a/',
    'a/a',
    '',
  ]),

  rule(
    'no-side-records',
    'A record occupies its own key alone, and no key made from it.',
    async (context) => {
      const { store, expect } = context;
      const { key, token } = await acquire(context, context.key(), { fingerprint: 'print' });
      await store.complete(key, token, bytes('value'), LONG);
      const names = ['claim', 'fence', 'fingerprint', 'lease', 'lock', 'result', 'token', 'value'];
      const sides = names.flatMap((name) => [
        `${key}:${name}`,
        `${name}:${key}`,
        `${key}.${name}`,
        `${key}/${name}`,
      ]);
      const claims = sides.map((side) => async () => {
        const result = await store.claim(side, { token: context.token(), lease: LONG });
        const free = result.outcome === 'acquired' && !result.takeover;
        const what = `a claim of ${JSON.stringify(side)}`;
        expect.that(what, free, 'acquired, a key of its own', result);
      });
      await together(claims);
      expect.same('find of the record itself', await store.find(key), bytes('value'));
    },
  ),

  rule(
    'names-of-objects-are-keys',
    'A key that is the name of something in the language is a key like any other: vacant until somebody writes it.',
    async ({ store, expect }) => {
      for (const key of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'length']) {
        expect.same(`find of ${key}`, await store.find(key), null);
        expect.same(`exists of ${key}`, await store.exists(key), false);
        const { state } = await store.inspect(key);
        expect.same(`inspect of ${key}`, state, 'vacant');
      }
    },
  ),
];
