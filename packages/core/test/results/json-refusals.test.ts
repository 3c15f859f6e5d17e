import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { jsonCodec } from '../../src/index.ts';

const context = { key: 'k', kind: 'value' } as const;

describe('refused, where JSON would lose it without a word', () => {
  class Account {
    #balance = 1;
    get balance(): number {
      return this.#balance;
    }
  }
  function* generator(): Generator<number> {
    yield 1;
  }
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const loop: unknown[] = [];
  loop.push([loop]);
  const raw: unknown = Reflect.apply(Reflect.get(JSON, 'rawJSON'), JSON, ['1e999']);
  test.each<[string, unknown, string?]>([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['a boxed NaN', Object(Number.NaN)],
    ['a bigint', 1n],
    ['a boxed bigint', Object(1n), 'a bigint'],
    ['a function', () => 1],
    ['a class', Account, 'a function'],
    ['a symbol', Symbol('s')],
    ['a boxed symbol', Object(Symbol('s')), 'a symbol'],
    ['a map', new Map([[1, 2]])],
    ['a map of another realm', runInNewContext('new Map()'), 'a map'],
    ['a set', new Set([1])],
    ['a weak map', new WeakMap(), 'a map'],
    ['a promise', Promise.resolve(1)],
    ['a regular expression', /x/],
    ['an error', new Error('x')],
    ['a Uint8Array', new Uint8Array([1]), 'binary data'],
    ['a Buffer', Buffer.from('x'), 'binary data'],
    ['an ArrayBuffer', new ArrayBuffer(1), 'binary data'],
    ['what toJSON gives as binary data', { toJSON: () => Buffer.from('x') }, 'binary data'],
    ['an invalid Date', new Date(Number.NaN)],
    ['a cycle', cycle, 'an object that it is a part of'],
    ['a list in itself', loop, 'an object that it is a part of'],
    ['a list with a hole', Object.assign([], { length: 4_294_967_295 }), 'a hole in a list'],
    ['a Response', new Response('body'), 'an instance of Response'],
    ['a Request', new Request('http://localhost/'), 'an instance of Request'],
    ['Headers', new Headers({ a: 'b' }), 'an instance of Headers'],
    ['a FormData', new FormData(), 'an instance of FormData'],
    ['URLSearchParams', new URLSearchParams('a=1'), 'an instance of URLSearchParams'],
    ['a Blob', new Blob(['x']), 'an instance of Blob'],
    ['a File', new File(['x'], 'f'), 'an instance of File'],
    ['a ReadableStream', new ReadableStream(), 'an instance of ReadableStream'],
    ['an AbortController', new AbortController(), 'an instance of AbortController'],
    ['a Node stream', process.stdout, 'a stream'],
    ['a WeakRef', new WeakRef({}), 'an instance of WeakRef'],
    ['a generator', generator(), 'without fields that JSON sees'],
    ['an iterator', [1].values(), 'without fields that JSON sees'],
    ['an instance that is all private', new Account(), 'an instance of Account'],
    ['a proxy of a map', new Proxy(new Map(), {}), 'an instance of Map'],
    ['raw JSON', raw],
  ])('%s, at the top and within', (name, value, said = name.replace('boxed ', '')) => {
    const words = said.replace(/^a (NaN)$/, '$1');
    expect(() => jsonCodec.encode(value, context)).toThrow(words);
    expect(() => jsonCodec.encode({ list: [1, { value }] }, context)).toThrow(words);
    expect(() => jsonCodec.encode({ list: [1, { value }] }, context)).toThrow(TypeError);
  });

  test.each([
    [{ total: { amount: Number.NaN } }, 'The value at result.total.amount is NaN'],
    [{ lines: [1, { price: 1n }] }, 'The value at result.lines[1].price is a bigint'],
    [{ 'a b': [[Number.NaN]] }, 'The value at result["a b"][0][0] is NaN'],
    [Number.NaN, 'The result is NaN'],
    [{ ['x'.repeat(1_000)]: 1n }, `The value at result["${'x'.repeat(64)}…"] is`],
  ])('the refusal says where it is: %o', (value, message) => {
    expect(() => jsonCodec.encode(value, context)).toThrow(message);
  });

  test('the refusal of what is very deep says its end', () => {
    let value: unknown = { price: 1n };
    for (let depth = 0; depth < 100; depth++) value = [value];
    expect(() => jsonCodec.encode(value, context)).toThrow(/at …(\[0\]){15}\.price is a bigint/);
  });

  test('a cycle is found however deep it is and however long', () => {
    const root: unknown[] = [];
    let deepest = root;
    for (let depth = 0; depth < 100; depth++) {
      const within: unknown[] = [];
      deepest.push(within);
      deepest = within;
    }
    deepest.push({ shared: 1 }, root);
    expect(() => jsonCodec.encode(root, context)).toThrow('an object that it is a part of');
    const shared = {};
    deepest.splice(0, 2, shared, shared, [shared]);
    expect(Buffer.from(encodeNow(root)).toString()).toContain('[{},{},[{}]]');
  });

  test('an object in two places is no cycle', () => {
    const shared = { a: 1 };
    expect(encodeNow([shared, { shared }])).toEqual(
      new TextEncoder().encode('[{"a":1},{"shared":{"a":1}}]'),
    );
  });
});

function encodeNow(value: unknown): Uint8Array {
  const bytes = jsonCodec.encode(value, context);
  if (bytes instanceof Promise) throw new Error('A promise was made.');
  return bytes;
}
