import { createToken } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';

const HOUR = 3_600_000;
/** About the length from which on a value is kept in memory of its own, and none and one. */
const LENGTHS = [0, 1, 255, 256, 4_095, 4_096, 4_097, 10_000];

function bytesOf(length: number): Uint8Array {
  // Every byte, and a part of a larger buffer.
  return Uint8Array.from({ length: length + 7 }, (_, at) => (at * 7) % 256).subarray(7);
}

test.each(LENGTHS)(
  'a value of %i bytes comes back as it was, and shares memory with nobody',
  async (length) => {
    const store = new MemoryStore();
    const token = createToken();
    const expected = [...bytesOf(length)];
    await store.claim('completed', { token, lease: HOUR });
    const given = bytesOf(length);
    const doing = [
      store.store('stored', given, HOUR),
      store.complete('completed', token, given, HOUR),
    ];
    // The caller's own again, as soon as the calls have returned.
    given.fill(1);
    await Promise.all(doing);
    const read = async (): Promise<Uint8Array[]> => {
      const claimed = await store.claim('completed', { token: createToken(), lease: HOUR });
      if (claimed.outcome !== 'completed') throw new Error(claimed.outcome);
      return [
        claimed.value,
        (await store.find('completed')) ?? new Uint8Array(),
        (await store.find('stored')) ?? new Uint8Array(),
      ];
    };
    for (const value of await read()) {
      expect([...value]).toEqual(expected);
      // Not a part of memory that others have too.
      expect([value.constructor, value.buffer.byteLength]).toEqual([Uint8Array, length]);
      value.fill(2);
    }
    for (const value of await read()) expect([...value]).toEqual(expected);
  },
);

test('a value longer than 4,096 bytes is counted with what memory of its own costs', async () => {
  const store = new MemoryStore();
  for (const [length, bytes] of [
    [4_096, 200 + 2 + 4_096],
    [4_097, 200 + 2 + 4_097 + 200],
  ] as const) {
    await store.store('a', new Uint8Array(length), HOUR);
    expect(store.usage.bytes).toBe(bytes);
  }
});
