import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../src/index.ts';

describe('the same JSON has the same fingerprint', () => {
  test.each([
    ['in another order', '{"a":{"b":1,"c":2},"d":3}', '{"d":3,"a":{"c":2,"b":1}}'],
    ['with other white space', '{"a":[1,2]}', '{ "a" : [ 1,\n2 ] }'],
    ['with another spelling of numbers', '[1,100,0.001,0]', '[1.0,1e2,1E-3,-0.0]'],
    ['with another spelling of text', '["é/\\n"]', '["\\u00e9\\/\\u000a"]'],
    ['with whole numbers that are the same double', '[9007199254740992]', '[9007199254740993]'],
  ])('%s', (_, one, other) => {
    expect(fingerprintOf(JSON.parse(one))).toBe(fingerprintOf(JSON.parse(other)));
  });
});

describe('other JSON has another', () => {
  test.each([
    ['a list in another order', [1, 2], [2, 1]],
    ['a number and its text', { a: 1 }, { a: '1' }],
    ['null and nothing', { a: null }, {}],
    ['an empty list and an empty object', { a: [] }, { a: {} }],
    ['text in another normalisation form', 'é', 'é'.normalize('NFD')],
    ['text in another case', 'a', 'A'],
    ['a field by another name', { a: 1 }, { A: 1 }],
    ['a field within another', { a: { b: 1 } }, { a: {}, b: 1 }],
    ['text that looks like fields', { a: '","b":"' }, { a: '', b: '' }],
    ['a field called __proto__', JSON.parse('{"__proto__":1}'), {}],
  ])('%s', (_, one, other) => {
    expect(fingerprintOf(one)).not.toBe(fingerprintOf(other));
  });
});

test('a value is what JSON shows of it', () => {
  class Order {
    amount = 1;
    coupon = undefined;
    at = new Date(0);
    link = new URL('https://example.com/');
    list = [undefined];
  }
  expect(fingerprintOf(new Order())).toBe(
    '{"amount":1,"at":"1970-01-01T00:00:00.000Z","link":"https://example.com/","list":[null]}',
  );
});

describe('what would look like another request is refused', () => {
  class Secret {
    #amount = 1;
    get amount(): number {
      return this.#amount;
    }
  }
  test.each<[string, unknown, RegExp]>([
    ['a bigint', { lines: [{ price: 1n }] }, /request\.lines\[0\]\.price is a bigint/],
    ['NaN', { a: Number.NaN }, /request\.a is NaN/],
    ['an invalid Date', { at: new Date(Number.NaN) }, /request\.at is an invalid Date/],
    ['a map', new Map([['a', 1]]), /The request is a map/],
    ['a set', { a: new Set([1]) }, /request\.a is a set/],
    ['bytes', Buffer.from('{"a":1}'), /The request is binary data/],
    ['a FormData', new FormData(), /an instance of FormData/],
    ['URLSearchParams', new URLSearchParams('a=1'), /an instance of URLSearchParams/],
    ['a Request', new Request('http://localhost/'), /an instance of Request/],
    ['private fields', new Secret(), /an instance of Secret/],
    ['a function', { a: () => 1 }, /request\.a is a function/],
    ['a lone surrogate', { a: '\ud800' }, /[Ll]one surrogate/],
    ['a lone surrogate in a name', { '\udc00': 1 }, /[Ll]one surrogate/],
    ['undefined', undefined, /it is undefined.*fingerprint null, or give none/],
    ['a getter that throws a symbol', thrower(Symbol('s')), /a symbol/],
  ])('%s', (_, value, message) => {
    const make = (): string => fingerprintOf(value);
    expect(make).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_FINGERPRINT' }));
    expect(make).toThrow(message);
  });

  test('a request nested too deeply for the stack', () => {
    const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(() => fingerprintOf(deep)).toThrow(
      expect.objectContaining({ code: 'IDEM_INVALID_FINGERPRINT' }),
    );
  });
});

function thrower(thrown: unknown): object {
  return {
    get a(): never {
      throw thrown;
    },
  };
}
