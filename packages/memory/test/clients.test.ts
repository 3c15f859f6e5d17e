import { createToken } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';

test('clients that share see the same records, and closing one leaves the others', async () => {
  const first = new MemoryStore();
  const second = new MemoryStore({ shareWith: first });
  const third = new MemoryStore({ shareWith: second });
  await first.claim('key', { token: createToken(), lease: 60_000 });
  await first.close();
  const outcome = await third.claim('key', { token: createToken(), lease: 60_000 });
  expect(outcome.outcome).toBe('in-progress');
  await expect(first.find('key')).rejects.toMatchObject({ code: 'IDEM_STORE_CLOSED' });
});

test('stores that do not share are apart', async () => {
  await using first = new MemoryStore();
  await using second = new MemoryStore();
  await first.store('key', Uint8Array.of(1), 60_000);
  expect(await second.find('key')).toBeNull();
});

test('a store says that it promises neither durability nor sharing, and why', () => {
  const { supports } = new MemoryStore();
  expect(supports.durability).toEqual({
    promised: false,
    reason: expect.stringMatching(/process/),
  });
  expect(supports.sharing).toEqual({ promised: false, reason: expect.stringMatching(/process/) });
});
