import { createToken, Idempotency } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';

const token = createToken();

async function completed(store: MemoryStore): Promise<void> {
  await store.claim('key', { token, lease: 1_000, fingerprint: 'said' });
  await store.complete('key', token, Uint8Array.of(1, 200), 1_000);
}

test('a result is at hand as a claim would answer it, until it expires', async () => {
  let now = 0;
  const store = new MemoryStore({ clock: () => now });
  const atHand = () => store['idem:resultAtOnce']('key', store.claim);
  expect(atHand()).toBeUndefined();
  await store.claim('key', { token, lease: 1_000, fingerprint: 'said' });
  expect(atHand()).toBeUndefined();
  await completed(store);
  expect(atHand()).toMatchObject({ outcome: 'completed', fingerprint: 'said' });
  expect([...(atHand()?.value ?? [])]).toEqual([1, 200]);
  atHand()?.value.fill(0);
  expect([...((await store.find('key')) ?? [])]).toEqual([1, 200]);
  now = 1_000;
  expect(atHand()).toBeUndefined();
});

test('a value that is long is a copy too', async () => {
  const store = new MemoryStore();
  await store.store('key', new Uint8Array(5_000).fill(7), 60_000);
  store['idem:resultAtOnce']('key', store.claim)?.value.fill(0);
  expect((await store.find('key'))?.[4_999]).toBe(7);
});

test('what stands in for a claim is asked instead', async () => {
  class Elsewhere extends MemoryStore {
    protected override async doClaim(): Promise<never> {
      throw new Error('away');
    }
  }
  const store = new Elsewhere();
  await store.store('key', Uint8Array.of(1), 60_000);
  const here = new Idempotency({ store, ttl: 60_000 });
  await expect(here.run('key', () => 1)).rejects.toThrow('away');
  const own = new MemoryStore();
  await own.store('key', Uint8Array.of(1), 60_000);
  expect(own['idem:resultAtOnce']('key', store.claim.bind(store))).toBeUndefined();
});

test('a store that is closed has nothing at hand', async () => {
  const store = new MemoryStore();
  const here = new Idempotency({ store, ttl: 60_000 });
  await here.run('key', () => 1);
  await store.close();
  await expect(here.run('key', () => 2)).rejects.toMatchObject({ code: 'IDEM_STORE_CLOSED' });
});
