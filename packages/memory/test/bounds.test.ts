import { createToken, type IdempotencyStore } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';

const HOUR = 3_600_000;
const full = expect.objectContaining({ code: 'IDEM_STORE_FULL', retryable: true });

let now = 0;
const clock = (): number => now;

async function claim(store: IdempotencyStore, key: string, lease = HOUR): Promise<string> {
  const token = createToken();
  expect(await store.claim(key, { token, lease })).toMatchObject({ outcome: 'acquired' });
  return token;
}

test('a store that is full of entries refuses new claims and new records, and drops nothing', async () => {
  const store = new MemoryStore({ maxEntries: 2, clock });
  const token = await claim(store, 'claimed');
  await store.store('completed', Uint8Array.of(1), HOUR);

  await expect(store.claim('new', { token: createToken(), lease: HOUR })).rejects.toEqual(full);
  await expect(store.store('new', Uint8Array.of(1), HOUR)).rejects.toEqual(full);

  expect(await store.find('completed')).toEqual(Uint8Array.of(1));
  expect(await store.renew('claimed', token, HOUR)).toBe(true);
});

test('the message says how full it is and what to do', async () => {
  const store = new MemoryStore({ maxEntries: 1, clock });
  await claim(store, 'a');
  await expect(store.claim('b', { token: createToken(), lease: HOUR })).rejects.toThrow(
    /holds 1 of 1 entries.*Live records are never dropped: raise maxEntries or maxBytes, or shorten the ttl/,
  );
});

test('a full store still repeats, renews, completes, replaces, releases and removes what it holds', async () => {
  const store = new MemoryStore({ maxEntries: 2, clock });
  const token = await claim(store, 'a');
  await claim(store, 'b');

  expect(await store.claim('a', { token, lease: HOUR })).toMatchObject({ outcome: 'acquired' });
  expect(await store.renew('a', token, HOUR)).toBe(true);
  expect(await store.complete('a', token, Uint8Array.of(1), HOUR)).toBe(true);
  await store.store('a', Uint8Array.of(2), HOUR);
  await store.remove('a');
  await claim(store, 'c');
});

test('expired records make room first', async () => {
  const store = new MemoryStore({ maxEntries: 3, clock });
  await store.store('short', Uint8Array.of(1), 10);
  await store.store('shorter', Uint8Array.of(1), 5);
  await store.store('long', Uint8Array.of(1), HOUR);
  now += 10;
  await claim(store, 'a');
  await claim(store, 'b');
  expect(await store.exists('long')).toBe(true);
  await expect(store.claim('c', { token: createToken(), lease: HOUR })).rejects.toEqual(full);
});

test('a new value that exceeds the bytes is refused, and what was there stays', async () => {
  const store = new MemoryStore({ maxBytes: 4096, clock });
  await store.store('a', new Uint8Array(1000), HOUR);
  await expect(store.store('b', new Uint8Array(3000), HOUR)).rejects.toEqual(full);
  await expect(store.store('a', new Uint8Array(4000), HOUR)).rejects.toEqual(full);
  expect(await store.find('a')).toEqual(new Uint8Array(1000));
});

test('a completion that exceeds the bytes is refused and the claim kept, until there is room', async () => {
  const store = new MemoryStore({ maxBytes: 8192, clock });
  await store.store('other', new Uint8Array(4000), HOUR);
  const token = await claim(store, 'a');

  await expect(store.complete('a', token, new Uint8Array(5000), HOUR)).rejects.toEqual(full);
  expect(await store.renew('a', token, HOUR)).toBe(true);

  await store.remove('other');
  expect(await store.complete('a', token, new Uint8Array(5000), HOUR)).toBe(true);
});

test('a result of up to 1,024 bytes always finds room: its claim set it aside', async () => {
  const store = new MemoryStore({ maxBytes: 20_000, clock });
  const claims = new Map<string, string>();
  for (;;) {
    const key = `key ${claims.size}`;
    const token = createToken();
    const outcome = await store.claim(key, { token, lease: HOUR }).catch((error) => error.code);
    if (outcome === 'IDEM_STORE_FULL') break;
    claims.set(key, token);
  }
  expect(claims.size).toBeGreaterThan(5);
  for (const [key, token] of claims) {
    expect(await store.complete(key, token, new Uint8Array(1024), HOUR)).toBe(true);
  }
});

test('usage goes back to nothing by every way a record can end', async () => {
  const store = new MemoryStore({ clock });
  await store.release('released', await claim(store, 'released'));
  await claim(store, 'removed');
  await store.remove('removed');
  await store.complete('expired', await claim(store, 'expired'), new Uint8Array(9), 1);
  await store.store('replaced', new Uint8Array(9), HOUR);
  await store.store('replaced', new Uint8Array(5), 1);
  await claim(store, 'lapsed', 1);
  now += 1;
  await store.find('any');
  expect(store.usage).toEqual({ entries: 0, bytes: 0, lapsed: 1 });
  now += 24 * HOUR;
  await store.find('any');
  expect(store.usage).toEqual({ entries: 0, bytes: 0, lapsed: 0 });
});

test('no operation pays for all that expired together', async () => {
  const store = new MemoryStore({ clock });
  for (let i = 0; i < 1000; i++) await store.store(`key ${i}`, Uint8Array.of(1), 1);
  now += 1;
  await claim(store, 'next');
  expect(store.usage.entries).toBeGreaterThan(990);
  for (let i = 0; i < 250; i++) await store.find('next');
  expect(store.usage.entries).toBe(1);
});
