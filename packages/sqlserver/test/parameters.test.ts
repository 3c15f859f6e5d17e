import { keyHash } from '@idem/core/sql';
import { describe, expect, test } from 'vitest';
import {
  durationParameters,
  paddedFingerprint,
  readableKey,
  valueParameters,
} from '../src/parameters.ts';

test('keys that differ in one byte have other hashes of the same length', () => {
  for (const [a, b] of [
    ['key', 'Key'],
    ['a', 'a '],
    ['é', 'e\u0301'],
    ['a\0', 'a'],
  ] as const) {
    expect(keyHash(a)).toHaveLength(32);
    expect(keyHash(a).equals(keyHash(b))).toBe(false);
  }
});

describe('the readable key', () => {
  test('is the key itself where it can be', () => {
    expect(readableKey('order 1 😀 é').trimEnd()).toBe('order 1 😀 é');
  });
  test('shows what a text column refuses or padding would swallow', () => {
    expect(readableKey('a\0b\n\x7f  ').trimEnd()).toBe('a␀b␊␡␠␠');
  });
  test.each([1, 127, 128, 129, 1_024])('of %i characters has one of two lengths', (length) => {
    expect([128, 1_024]).toContain(readableKey('k'.repeat(length)).length);
  });
});

test('a fingerprint has one of two lengths, and none is blank', () => {
  expect(paddedFingerprint(null)).toBe(' '.repeat(64));
  expect(paddedFingerprint('f'.repeat(64))).toHaveLength(64);
  expect(paddedFingerprint('f'.repeat(65))).toHaveLength(256);
});

test.each([0, 1, 256, 257, 2_048, 8_000, 8_001, 100_000])(
  'a value of %i bytes is sent whole, at few lengths',
  (length) => {
    const value = new Uint8Array(length).fill(7);
    const [sent, bytes] = valueParameters(value);
    expect(bytes).toBe(length);
    expect(sent.subarray(0, bytes).equals(value)).toBe(true);
    expect(sent.length > 8_000 || [256, 2_048, 8_000].includes(sent.length)).toBe(true);
  },
);

test('the longest duration is sent in two parts that fit an INT', () => {
  expect(durationParameters(315_576_000_000)).toEqual([3_652, 43_200_000]);
  expect(durationParameters(1)).toEqual([0, 1]);
});
