import { createToken } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';

const DAY = 86_400_000;

test('leases and results that are due together end each at its own time, whoever is first', async () => {
  let now = 0;
  const store = new MemoryStore({ clock: () => now });
  // In both orders, so that neither queue hides what is due in the other.
  for (let n = 0; n < 40; n += 1) {
    const due = 10 * ((n * 7) % 40) + 10;
    if (n % 2 === 0) await store.claim(`lease ${due}`, { token: createToken(), lease: due });
    else await store.store(`result ${due}`, Uint8Array.of(n), due);
  }
  for (let passed = 0; passed < 40; passed += 1) {
    const { entries, lapsed } = store.usage;
    expect(entries).toBe(40 - passed);
    now += 10;
    // Of another key: what is due is found in the queues, not by asking for it.
    await store.exists('other');
    expect(store.usage.entries).toBe(39 - passed);
    expect(store.usage.lapsed - lapsed).toBeLessThanOrEqual(1);
  }
  expect(store.usage).toMatchObject({ entries: 0, bytes: 0, lapsed: 20 });
  now += DAY;
  for (let n = 0; n < 10; n += 1) await store.exists('other');
  expect(store.usage).toEqual({ entries: 0, bytes: 0, lapsed: 0 });
});

test('a lease that is renewed, and one that is claimed again by its token, are due when they say', async () => {
  let now = 0;
  const store = new MemoryStore({ clock: () => now });
  const tokens = new Map<string, string>();
  for (const key of ['renewed', 'claimed again', 'shortened', 'left']) {
    const token = createToken();
    tokens.set(key, token);
    await store.claim(key, { token, lease: 100 });
  }
  const tokenOf = (key: string): string => tokens.get(key) ?? '';
  await store.renew('renewed', tokenOf('renewed'), 300);
  await store.claim('claimed again', { token: tokenOf('claimed again'), lease: 200 });
  await store.renew('shortened', tokenOf('shortened'), 50);
  const ends: [number, string[]][] = [
    [49, ['claimed again', 'left', 'renewed', 'shortened']],
    [50, ['claimed again', 'left', 'renewed']],
    [100, ['claimed again', 'renewed']],
    [199, ['claimed again', 'renewed']],
    [200, ['renewed']],
    [300, []],
  ];
  for (const [time, held] of ends) {
    now = time;
    // By the queues, then by asking.
    await store.exists('other');
    expect(store.usage.entries).toBe(held.length);
    const states = [...tokens.keys()].map(async (key) => [key, (await store.inspect(key)).state]);
    const claimed = (await Promise.all(states)).filter(([, state]) => state === 'claimed');
    expect(claimed.map(([key]) => key).sort()).toEqual(held);
  }
});
