import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../src/index.ts';

const request = {
  amount: 4200,
  currency: 'EUR',
  sentAt: '2025-01-01T00:00:00Z',
  meta: { trace: 'abc', channel: 'web' },
  'a/b~c': 1,
};

describe('only these fields', () => {
  test('at the top and within, in whatever order they are named', () => {
    const text = '{"amount":4200,"meta":{"channel":"web"}}';
    expect(fingerprintOf(request, { only: ['/amount', '/meta/channel'] })).toBe(text);
    expect(fingerprintOf(request, { only: ['/meta/channel', '/amount', '/amount'] })).toBe(text);
  });

  test('each with all that is in it, also when some of it is named besides', () => {
    const text = '{"meta":{"channel":"web","trace":"abc"}}';
    expect(fingerprintOf(request, { only: ['/meta'] })).toBe(text);
    expect(fingerprintOf(request, { only: ['/meta/trace', '/meta'] })).toBe(text);
  });

  test('with names that have a slash or a tilde', () => {
    expect(fingerprintOf(request, { only: ['/a~1b~0c'] })).toBe('{"a/b~c":1}');
    expect(fingerprintOf({ '': 1 }, { only: ['/'] })).toBe('{"":1}');
  });

  test('one that is absent counts as absent, and is not null', () => {
    const only = ['/amount', '/coupon'] as const;
    expect(fingerprintOf(request, { only })).toBe('{"amount":4200}');
    expect(fingerprintOf({ ...request, coupon: undefined }, { only })).toBe('{"amount":4200}');
    expect(fingerprintOf({ ...request, coupon: null }, { only })).toBe(
      '{"amount":4200,"coupon":null}',
    );
  });

  test.each([
    [request, ['/amuont']],
    [request, ['/meta/chanel', '/amount/cents']],
    [{}, ['/toString', '/__proto__']],
    [[{ amount: 1 }], ['/0/amount']],
    ['{"amount":1}', ['/amount']],
    [null, ['/amount']],
  ] as const)('a request that has none of them is refused: %o, %o', (value, only) => {
    const make = (): string => fingerprintOf(value, { only });
    expect(make).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_FINGERPRINT' }));
    expect(make).toThrow(`none of the fields of \`only\` (${only.join(', ')})`);
  });
});

describe('all but these fields', () => {
  test('at the top and within', () => {
    const except = ['/sentAt', '/meta/trace', '/a~1b~0c'] as const;
    const text = '{"amount":4200,"currency":"EUR","meta":{"channel":"web"}}';
    expect(fingerprintOf(request, { except })).toBe(text);
    const retry = { ...request, sentAt: 'later', meta: { trace: 'def', channel: 'web' } };
    expect(fingerprintOf(retry, { except })).toBe(text);
  });

  test('one that is absent takes nothing away', () => {
    const text = fingerprintOf(request);
    expect(fingerprintOf(request, { except: ['/nothing', '/amount/cents'] })).toBe(text);
    expect(fingerprintOf(request, { except: [] })).toBe(text);
    expect(fingerprintOf([1], { except: ['/0'] })).toBe('[1]');
  });

  test('a field called __proto__ is a field', () => {
    const value: unknown = JSON.parse('{"__proto__":{"a":1,"b":2},"c":3}');
    expect(fingerprintOf(value, { except: ['/__proto__/a', '/c'] })).toBe('{"__proto__":{"b":2}}');
    expect(fingerprintOf(value, { only: ['/__proto__/a'] })).toBe('{"__proto__":{"a":1}}');
  });
});

test('both: of the first, without the second', () => {
  const text = fingerprintOf(request, { only: ['/meta', '/amount'], except: ['/meta/trace'] });
  expect(text).toBe('{"amount":4200,"meta":{"channel":"web"}}');
});

describe('options that are none are refused', () => {
  test.each<[unknown]>([
    [null],
    ['/amount'],
    [{ onyl: ['/amount'] }],
    [{ only: [] }],
    [{ only: '/amount' }],
    [{ only: ['amount'] }],
    [{ only: ['meta.trace'] }],
    [{ only: [''] }],
    [{ only: ['/a~b'] }],
    [{ only: [undefined] }],
    [{ only: Object.assign(['/a'], { length: 2 }) }],
    [{ except: [7] }],
    [{ except: null }],
  ])('%o', (options) => {
    // @ts-expect-error: not options
    const make = (): string => fingerprintOf(request, options);
    expect(make).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
  });

  test('and the message says what a field looks like', () => {
    // @ts-expect-error: without its slash
    expect(() => fingerprintOf(request, { only: ['amount'] })).toThrow(
      'The fields of `only` must be JSON Pointers (RFC 6901), such as "/amount"',
    );
  });
});
