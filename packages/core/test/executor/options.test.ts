import { describe, expect, test } from 'vitest';
import { Idempotency, type IdempotencyOptions } from '../../src/index.ts';
import { fixture, rejection } from '../support/fixture.ts';
import { TestStore } from '../support/test-store.ts';

const store = new TestStore();
const good = { store, ttl: 60_000, lease: 1_000 };

describe('options of an executor that are refused', () => {
  test.each<[string, string, unknown]>([
    ['IDEM_INVALID_OPTIONS', 'no options', undefined],
    ['IDEM_INVALID_OPTIONS', 'no store', { ttl: 60_000 }],
    ['IDEM_INVALID_OPTIONS', 'a store that is none', { ...good, store: new Map() }],
    ['IDEM_INVALID_TTL', 'no ttl', { store }],
    ['IDEM_INVALID_TTL', 'a ttl of 0', { ...good, ttl: 0 }],
    ['IDEM_INVALID_TTL', 'a ttl as text', { ...good, ttl: '60000' }],
    ['IDEM_INVALID_LEASE', 'a fractional lease', { ...good, lease: 0.5 }],
    ['IDEM_INVALID_LEASE', 'an endless lease', { ...good, lease: Number.POSITIVE_INFINITY }],
    ['IDEM_INVALID_OPTIONS', 'a maximum hold below the lease', { ...good, maxHold: 999 }],
    ['IDEM_INVALID_OPTIONS', 'a negative wait', { ...good, wait: -1 }],
    ['IDEM_INVALID_OPTIONS', 'a wait of NaN', { ...good, wait: Number.NaN }],
    ['IDEM_INVALID_OPTIONS', 'an empty scope', { ...good, scope: '' }],
    ['IDEM_INVALID_OPTIONS', 'an undefined scope', { ...good, scope: undefined }],
    ['IDEM_INVALID_OPTIONS', 'a codec that is none', { ...good, codec: { encode: () => '' } }],
    ['IDEM_INVALID_OPTIONS', 'a policy that is no function', { ...good, recordErrors: true }],
    ['IDEM_INVALID_OPTIONS', 'an unknown policy', { ...good, whenUnreachable: 'run' }],
    ['IDEM_INVALID_OPTIONS', 'a name misspelt', { ...good, maxhold: 10_000 }],
    ['IDEM_TTL_TOO_SHORT', 'a ttl below the lease', { ...good, ttl: 999 }],
    ['IDEM_TTL_TOO_SHORT', 'a ttl below the retry window', { ...good, retryWindow: 60_001 }],
  ])('%s: %s', (code, _, options) => {
    // @ts-expect-error: bad on purpose
    const make = (): unknown => new Idempotency(options);
    expect(make).toThrow(expect.objectContaining({ code }));
  });

  test('the message says the value and the remedy', () => {
    const make = (): unknown => new Idempotency({ ...good, retryWindow: 86_400_000 });
    expect(make).toThrow(
      /ttl \(60000 ms\).*retryWindow \(86400000 ms\).*ttl of 86400000 ms or more/,
    );
  });
});

test('every option at its edge is accepted', () => {
  const edges: Partial<IdempotencyOptions>[] = [
    { ttl: 1, lease: 1, maxHold: 1 },
    { ttl: 315_576_000_000, lease: 315_576_000_000 },
    { retryWindow: 60_000 },
    { wait: 0, whenUnreachable: 'reject' },
  ];
  for (const edge of edges) expect(() => new Idempotency({ ...good, ...edge })).not.toThrow();
});

describe('options of a call that are refused before anything is sent', () => {
  test.each<[string, unknown]>([
    ['no object', 1],
    ['null', null],
    ['a signal that is none', { signal: {} }],
    ['a wait as text', { wait: '5' }],
    ['a name misspelt', { fingerPrint: 'x' }],
  ])('%s', async (_, options) => {
    const executors = fixture();
    // @ts-expect-error: bad on purpose
    const error = await rejection(executors.here.run('k', () => 1, options));
    expect(error).toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
    expect(executors.store.log).toEqual([]);
  });

  test('no function', async () => {
    const executors = fixture();
    // @ts-expect-error: bad on purpose
    const error = await rejection(executors.here.run('k', 'done'));
    expect(error).toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
    expect(executors.store.log).toEqual([]);
  });
});
