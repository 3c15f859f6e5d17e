import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { jsonCodec } from '../../src/index.ts';
import { encodeValue } from '../../src/results/record.ts';
import { seeded } from '../support/seeded.ts';

const context = { key: 'k', kind: 'value' } as const;

async function roundTrip(value: unknown): Promise<unknown> {
  return jsonCodec.decode(await jsonCodec.encode(value, context), context);
}

/** What the first caller is given, which is not read back from the bytes. */
async function firstSees(value: unknown): Promise<unknown> {
  const { reading } = await encodeValue(jsonCodec, 'k', value);
  return reading.kind === 'value' ? reading.value : reading.error;
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
    [{ toString: 'x', constructor: 1, toJSON: 'text' }],
    [runInNewContext('({ empty: {}, list: [] })')],
  ])('%o', async (value) => {
    expect(await roundTrip(value)).toEqual(value);
    expect(await firstSees(value)).toStrictEqual(await roundTrip(value));
  });

  test('a field called __proto__, which changes no prototype', async () => {
    const value: unknown = JSON.parse('{"__proto__":{"admin":true}}');
    for (const given of [await roundTrip(value), await firstSees(value)]) {
      expect(Object.getPrototypeOf(given)).toBe(Object.prototype);
      expect(Reflect.get(Object(given), 'admin')).toBeUndefined();
      expect(Object.keys(Object(given))).toEqual(['__proto__']);
    }
  });
});

describe('given in one form to all', () => {
  class Money {
    amount = -0;
    currency = undefined;
    at = new Date(0);
  }
  class Decimal {
    #digits = '1.10';
    toJSON(): string {
      return this.#digits;
    }
  }
  const bare = Object.assign(Object.create(null), { a: 1 });
  const callable = Object.assign(() => 1, { toJSON: () => 'said' });
  test.each([
    [
      'an instance, a Date, -0, undefined',
      new Money(),
      { amount: 0, at: '1970-01-01T00:00:00.000Z' },
    ],
    ['a URL', new URL('https://example.com/'), 'https://example.com/'],
    ['an instance with toJSON', new Decimal(), '1.10'],
    ['a function with toJSON', callable, 'said'],
    ['toJSON that says undefined', { a: { toJSON: () => undefined }, b: 1 }, { b: 1 }],
    ['undefined in a list', [undefined, 1], [null, 1]],
    ['an object without a prototype', bare, { a: 1 }],
    ['boxed primitives', Object(['', 0, true].map(Object)), ['', 0, true]],
    ['an accessor', Object.defineProperty({}, 'a', { get: () => 1, enumerable: true }), { a: 1 }],
  ])('%s', async (_, value, said) => {
    expect(await roundTrip(value)).toStrictEqual(said);
    expect(await firstSees(value)).toStrictEqual(said);
  });

  test('a toJSON that is patched onto BigInt', async () => {
    Object.assign(BigInt.prototype, {
      toJSON(this: bigint) {
        return `${this}n`;
      },
    });
    try {
      expect(await roundTrip({ big: 2n })).toEqual({ big: '2n' });
    } finally {
      Reflect.deleteProperty(BigInt.prototype, 'toJSON');
    }
  });

  test('a toJSON that is patched onto everything', async () => {
    Object.assign(Object.prototype, { toJSON: () => 'all the same' });
    try {
      expect(await firstSees({ a: 1 })).toBe(await roundTrip({ a: 1 }));
    } finally {
      Reflect.deleteProperty(Object.prototype, 'toJSON');
    }
  });

  test('toJSON is told its name as JSON.stringify tells it', () => {
    const names: unknown[] = [];
    const spy = { toJSON: (name: unknown) => names.push(name) };
    const value = { a: spy, list: [spy] };
    JSON.stringify(value);
    JSON.stringify(spy);
    const expected = names.splice(0);
    jsonCodec.encode(value, context);
    jsonCodec.encode(spy, context);
    expect(names).toEqual(expected);
  });
});

test('what answers otherwise each time is asked once, so all see the same', async () => {
  let asked = 0;
  const value = {
    get turn(): number {
      asked += 1;
      return asked;
    },
    stamp: { toJSON: () => ++asked },
  };
  const { bytes, reading } = await encodeValue(jsonCodec, 'k', value);
  expect(asked).toBe(2);
  expect(Buffer.from(bytes).toString()).toBe('idem1:value:{"turn":1,"stamp":2}');
  expect(reading).toEqual({ kind: 'value', value: { turn: 1, stamp: 2 } });
});

test('of anything, what the first caller sees is what JSON.stringify and JSON.parse make of it', async () => {
  const draw = seeded(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T;
  const names = ['a', 'B', '0', '17', '-1', '__proto__', 'toString', 'é', '\ud800', '', 'a b'];
  const leaf = (): unknown =>
    pick([
      undefined,
      null,
      true,
      0,
      -0,
      1e21,
      draw(),
      '',
      '\u2028"\\',
      '🦊',
      '\udc00',
      new Date(9),
    ]);
  const make = (depth: number): unknown => {
    if (depth === 0 || draw() < 0.3) return leaf();
    const size = Math.floor(draw() * 5);
    if (draw() < 0.4) return Array.from({ length: size }, () => make(depth - 1));
    const fields: Record<string, unknown> = {};
    for (let field = 0; field < size; field++) {
      const value = make(depth - 1);
      const enumerable = draw() < 0.9;
      Object.defineProperty(fields, pick(names), { value, enumerable, configurable: true });
    }
    return fields;
  };
  for (let run = 0; run < 2_000; run++) {
    const value = make(4);
    const text: string | undefined = JSON.stringify(value);
    const { bytes } = await encodeValue(jsonCodec, 'k', value);
    expect(Buffer.from(bytes).toString()).toBe(`idem1:value:${text ?? ''}`);
    expect(await firstSees(value)).toStrictEqual(text === undefined ? undefined : JSON.parse(text));
  }
});

test('bytes that are no JSON in UTF-8 are refused', () => {
  for (const bytes of [[0xff], [0x7b], [0x22, 0xc3, 0x22]]) {
    expect(() => jsonCodec.decode(new Uint8Array(bytes), context)).toThrow();
  }
});
