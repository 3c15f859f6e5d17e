import canonicalize from 'canonicalize';
import { expect, test } from 'vitest';
import { canonicalOf, isCanonical } from '../src/canonical.ts';
import { fingerprintOf } from '../src/index.ts';

/** Names that sort otherwise than they are enumerated, or are more than names. */
const NAMES = [
  'b',
  'a',
  '10',
  '9',
  '0',
  '01',
  '__proto__',
  'toJSON',
  'é',
  '😀',
  '\ufb33',
  '',
  'A',
  '\r',
];
const LEAVES = [null, true, 0, -1.5, 1e21, 5e-324, '', 'text', '\u2028 "\\ \u0000', '€', '😀'];

/** A value that the number says all of. */
function madeFrom(seed: number): unknown {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const make = (depth: number): unknown => {
    const kind = depth === 0 ? 0 : next(3);
    if (kind === 0) return LEAVES[next(LEAVES.length)];
    const items = Array.from({ length: next(5) }, () => make(depth - 1));
    if (kind === 1) return items;
    return Object.fromEntries(items.map((item) => [NAMES[next(NAMES.length)], item]));
  };
  return make(4);
}

test('it is what the library says, for two thousand values', () => {
  for (let seed = 1; seed <= 2_000; seed++) {
    const value = madeFrom(seed);
    expect(canonicalOf(value), JSON.stringify(value)).toBe(canonicalize(value));
  }
});

test('and so is a fingerprint, whether or not the value had to be put in order', () => {
  for (let seed = 1; seed <= 2_000; seed++) {
    const value = madeFrom(seed);
    expect(fingerprintOf(value), JSON.stringify(value)).toBe(canonicalize(value));
  }
});

test.each([
  ['a list of another kind', Object.setPrototypeOf([1], null)],
  ['a list that says something else', Object.assign([1], { toJSON: () => 'said' })],
  ['an object that says something else', { a: { toJSON: () => 'said' } }],
  ['a field that is undefined', { a: undefined, b: 1 }],
  ['a date', { a: new Date(0) }],
  ['an object within another, deeper than is looked for', nested(40)],
])('%s is not taken for canonical', (_, value) => {
  expect(isCanonical(value)).toBe(false);
});

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { a: nested(depth - 1) };
}

test.each([
  ['in a text', ['fine', { a: '\ud800' }]],
  ['in a name', { b: 1, '\udc00': 2 }],
])('a lone surrogate %s is refused as the library refuses it', (_, value) => {
  expect(() => canonicalOf(value)).toThrow();
  expect(() => canonicalize(value)).toThrow();
});

test('a toJSON on the prototype of everything is asked, as the library asks it', () => {
  Object.defineProperty(Object.prototype, 'toJSON', {
    configurable: true,
    enumerable: false,
    value: () => 'said',
  });
  try {
    expect(canonicalOf({ b: 1, a: 2 })).toBe(canonicalize({ b: 1, a: 2 }));
  } finally {
    Reflect.deleteProperty(Object.prototype, 'toJSON');
  }
});
