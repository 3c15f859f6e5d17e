import { describe, expect, test } from 'vitest';
import {
  checkClaimRequest,
  checkFingerprint,
  checkKey,
  checkLease,
  checkOperationOptions,
  checkToken,
  checkTtl,
  checkValue,
} from '../../src/adapter.ts';
import { createToken } from '../../src/index.ts';

const token = createToken();
const refused = (code: string) => expect.objectContaining({ code, retryable: false });

describe('keys', () => {
  test.each([
    'k',
    ' ',
    '\0',
    'k'.repeat(1_024),
    'é'.repeat(512),
    '€'.repeat(341),
    '🦊'.repeat(256),
  ])('%j is one', (key) => {
    expect(() => checkKey(key)).not.toThrow();
  });
  test.each([
    '',
    'k'.repeat(1_025),
    `${'é'.repeat(512)}k`,
    '🦊'.repeat(257),
    '\ud800',
    '\udc00x',
    7,
    null,
  ])('%j is none', (key) => {
    expect(() => checkKey(key)).toThrow(refused('IDEM_INVALID_KEY'));
  });
  test('a message shows the start of a long one, and its size', () => {
    expect(() => checkKey('k'.repeat(2_000))).toThrow(/"k{64}…" \(2000 bytes\)/);
  });
});

describe('values', () => {
  test('are bytes, of 0 to 16 MiB', () => {
    for (const size of [0, 1, 16 * 1024 * 1024]) {
      expect(() => checkValue(new Uint8Array(size))).not.toThrow();
    }
    expect(() => checkValue(Buffer.from('x'))).not.toThrow();
    const tooLarge = new Uint8Array(16 * 1024 * 1024 + 1);
    for (const value of [tooLarge, 'text', [1], new ArrayBuffer(1), null, undefined]) {
      expect(() => checkValue(value)).toThrow(refused('IDEM_INVALID_VALUE'));
    }
  });
});

describe.each([
  ['ttl', checkTtl, 'IDEM_INVALID_TTL'],
  ['lease', checkLease, 'IDEM_INVALID_LEASE'],
] as const)('a %s', (_, check: (value: unknown) => void, code) => {
  test.each([1, 1_000, 2_147_483_648, 315_576_000_000])('may be %d ms', (value) => {
    expect(() => check(value)).not.toThrow();
  });
  test.each([
    0,
    -1,
    0.5,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    315_576_000_001,
    '1',
    1n,
    null,
  ])('may not be %o', (value) => {
    expect(() => check(value)).toThrow(refused(code));
  });
});

describe('tokens', () => {
  test.each([token, 'a'.repeat(22), 'a'.repeat(128), `${'_-'.repeat(11)}`])(
    '%s is one',
    (value) => {
      expect(() => checkToken(value)).not.toThrow();
    },
  );
  test.each(['', 'a'.repeat(21), 'a'.repeat(129), `${'a'.repeat(21)} `, `${token}\n`, 7])(
    '%j is none',
    (value) => {
      expect(() => checkToken(value)).toThrow(refused('IDEM_INVALID_TOKEN'));
    },
  );
  test('are never made twice', () => {
    expect(new Set(Array.from({ length: 1_000 }, createToken)).size).toBe(1_000);
  });
});

describe('fingerprints', () => {
  test.each(['x', '~'.repeat(256)])('%j is one', (value) => {
    expect(() => checkFingerprint(value)).not.toThrow();
  });
  test.each(['', ' ', 'é', 'x'.repeat(257), 'a\n', 7])('%j is none', (value) => {
    expect(() => checkFingerprint(value)).toThrow(refused('IDEM_INVALID_FINGERPRINT'));
  });
});

describe('claim requests', () => {
  test.each<[string, unknown]>([
    ['IDEM_INVALID_OPTIONS', undefined],
    ['IDEM_INVALID_OPTIONS', 'token'],
    ['IDEM_INVALID_TOKEN', {}],
    ['IDEM_INVALID_LEASE', { token }],
    ['IDEM_INVALID_FINGERPRINT', { token, lease: 1, fingerprint: '' }],
  ])('%s: %o', (code, request) => {
    expect(() => checkClaimRequest(request)).toThrow(refused(code));
  });
  test('need no fingerprint', () => {
    expect(() => checkClaimRequest({ token, lease: 1 })).not.toThrow();
    expect(() => checkClaimRequest({ token, lease: 1, fingerprint: undefined })).not.toThrow();
  });
});

test('operation options carry a signal, or nothing', () => {
  for (const options of [undefined, {}, { signal: undefined }, { signal: AbortSignal.abort() }]) {
    expect(() => checkOperationOptions(options)).not.toThrow();
  }
  for (const options of [null, 1, { signal: {} }, { signal: null }]) {
    expect(() => checkOperationOptions(options)).toThrow(refused('IDEM_INVALID_OPTIONS'));
  }
});
