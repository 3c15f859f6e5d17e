import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { type CachedRecord, Records } from '../../src/replay-cache/records.ts';
import { until } from '../support/until.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes that are in use, in the heap and beside it. */
function inUse(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const MIB = 1024 * 1024;
const ends = Date.now() + 0.5;

/** Each with a fingerprint of its own. */
function record(value: Uint8Array): CachedRecord {
  return { value, fingerprint: Buffer.alloc(43, 'f').toString('latin1'), ends };
}

test.each([0, 52, 200, 5_000])('maxBytes is what records of %d bytes really take', async (size) => {
  const maxBytes = 4 * MIB;
  const value = new Uint8Array(size);
  const before = inUse();
  const records = new Records(maxBytes, Number.MAX_SAFE_INTEGER);
  const last = Math.ceil((1.5 * maxBytes) / (size + 300));
  for (let i = 0; i <= last; i += 1) records.put(`order-${i}`, record(value));
  // What was let go is collected in its own time.
  await until('no more is in use', () => inUse() - before < 1.1 * maxBytes);
  expect(records.get(`order-${last}`)).toBeDefined();
});

test('a key that was cut out of a long text does not hold the text', async () => {
  const before = inUse();
  const records = new Records(MIB, 100);
  for (let i = 0; i < 20; i += 1) {
    const body = `${i}`.padStart(30, 'k') + Buffer.alloc(MIB, 'x').toString('latin1');
    records.put(body.slice(0, 30), record(new Uint8Array(1)));
  }
  await until('the texts are let go', () => inUse() - before < 5 * MIB);
  expect(records.get('19'.padStart(30, 'k'))).toBeDefined();
});

test('what was let go, or replaced, leaves its room to others', () => {
  const records = new Records(2_000, 2);
  const value = record(new Uint8Array(100));
  for (let i = 0; i < 100; i += 1) {
    records.put('removed', value);
    records.delete('removed');
    records.put('replaced', value);
    records.put(`evicted ${i}`, value);
  }
  records.put('a', value);
  records.put('b', value);
  expect([records.get('a'), records.get('b')]).not.toContain(undefined);
});
