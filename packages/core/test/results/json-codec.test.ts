import { describe, expect, test } from 'vitest';
import { jsonCodec } from '../../src/index.ts';

const context = { key: 'k', kind: 'value' } as const;

async function roundTrip(value: unknown): Promise<unknown> {
  return jsonCodec.decode(await jsonCodec.encode(value, context), context);
}

describe('given back as it was', () => {
  test.each([
    [undefined],
    [null],
    [false],
    [0],
    ['' as unknown],
    ['lone \ud800, NUL \0, emoji 🦊, \ufeffBOM'],
    [Number.MAX_SAFE_INTEGER],
    [5e-324],
    [[1, [2, { a: null }]]],
    [{ toString: 'x', constructor: 1 }],
  ])('%o', async (value) => {
    expect(await roundTrip(value)).toStrictEqual(value);
  });

  test('a field called __proto__, which changes no prototype', async () => {
    const value: unknown = JSON.parse('{"__proto__":{"admin":true}}');
    const decoded = await roundTrip(value);
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect(Reflect.get(Object(decoded), 'admin')).toBeUndefined();
  });
});

test('given in one form to all: dates, instances, fields that are undefined, negative zero', async () => {
  class Money {
    amount = -0;
    currency = undefined;
    at = new Date(0);
  }
  expect(await roundTrip(new Money())).toStrictEqual({ amount: 0, at: '1970-01-01T00:00:00.000Z' });
  expect(await roundTrip(new URL('https://example.com/'))).toBe('https://example.com/');
});

describe('refused, where JSON would lose it without a word', () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  test.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a map', new Map([[1, 2]])],
    ['a set', new Set([1])],
    ['a weak map', new WeakMap()],
    ['a promise', Promise.resolve(1)],
    ['a regular expression', /x/],
    ['an error', new Error('x')],
    ['a Uint8Array', new Uint8Array([1])],
    ['a Buffer', Buffer.from('x')],
    ['an ArrayBuffer', new ArrayBuffer(1)],
    ['an invalid Date', new Date(Number.NaN)],
    ['a cycle', cycle],
  ])('%s, at the top and within', (_, value) => {
    expect(() => jsonCodec.encode(value, context)).toThrow(TypeError);
    expect(() => jsonCodec.encode({ list: [1, { value }] }, context)).toThrow(TypeError);
  });

  test('the refusal says where it is', () => {
    const value = { total: { amount: Number.NaN } };
    expect(() => jsonCodec.encode(value, context)).toThrow(
      'The value at result.total.amount is NaN',
    );
  });
});

test('bytes that are no JSON in UTF-8 are refused', () => {
  for (const bytes of [[0xff], [0x7b], [0x22, 0xc3, 0x22]]) {
    expect(() => jsonCodec.decode(new Uint8Array(bytes), context)).toThrow();
  }
});
