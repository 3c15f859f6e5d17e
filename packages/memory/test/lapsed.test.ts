import { createToken } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';

const DAY = 86_400_000;

let now = 0;
const clock = (): number => now;
const request = (lease = 10) => ({ token: createToken(), lease });

test('a lapsed claim is remembered for 24 hours, exactly', async () => {
  const store = new MemoryStore({ clock });
  await store.claim('last moment', request(10));
  await store.claim('too late', request(10));
  now += 10 + DAY - 1;
  expect(await store.claim('last moment', request())).toMatchObject({ takeover: true });
  now += 1;
  expect(await store.claim('too late', request())).toMatchObject({ takeover: false });
});

test('lapsed claims take nothing from the bounds of live records', async () => {
  const store = new MemoryStore({ maxEntries: 3, clock });
  await store.claim('a', request(10));
  await store.claim('b', request(10));
  now += 10;
  for (const key of ['c', 'd', 'e']) await store.claim(key, request(1000));
  expect(store.usage).toMatchObject({ entries: 3, lapsed: 2 });
});

test('when as many have lapsed as the store may hold, new claims are refused and no takeover forgotten', async () => {
  const store = new MemoryStore({ maxEntries: 2, clock });
  await store.claim('a', request(10));
  await store.claim('b', request(10));
  now += 10;
  await expect(store.claim('c', request())).rejects.toThrow(
    /remembers 2 of 2 entries.* lapsed in the last 24 hours/,
  );
  expect(await store.claim('a', request(1000))).toMatchObject({ takeover: true });
  expect(await store.claim('c', request())).toMatchObject({ takeover: false });
});

test('remove of a lapsed claim changes nothing: the takeover is still owed', async () => {
  const store = new MemoryStore({ clock });
  await store.claim('a', request(10));
  now += 10;
  await store.remove('a');
  expect(await store.claim('a', request())).toMatchObject({ takeover: true });
});

test('a claim over a lapsed one needs room like any other', async () => {
  const store = new MemoryStore({ maxEntries: 2, clock });
  await store.claim('a', request(10));
  now += 10;
  await store.claim('b', request(1000));
  await store.claim('c', request(1000));
  await expect(store.claim('a', request())).rejects.toMatchObject({ code: 'IDEM_STORE_FULL' });
  expect(store.usage).toMatchObject({ entries: 2, lapsed: 1 });
});

test('what has lapsed keeps no result from being stored, which cannot lapse', async () => {
  const store = new MemoryStore({ maxEntries: 1, clock });
  await store.claim('a', request(10));
  now += 10;
  await store.store('b', Uint8Array.of(1), 1000);
  expect(await store.exists('b')).toBe(true);
});
