import { createToken } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { afterEach, expect, test, vi } from 'vitest';

afterEach(() => vi.useRealTimers());

test('mocked timers, Date and performance move no lease', async () => {
  const store = new MemoryStore();
  await store.claim('key', { token: createToken(), lease: 3_600_000 });
  vi.useFakeTimers({ toFake: ['Date', 'performance', 'hrtime', 'setTimeout', 'setInterval'] });
  vi.setSystemTime(Date.now() + 86_400_000);
  vi.advanceTimersByTime(86_400_000);
  const outcome = await store.claim('key', { token: createToken(), lease: 1 });
  expect(outcome.outcome).toBe('in-progress');
});

test('real time ends a lease by itself', async () => {
  const store = new MemoryStore();
  await store.claim('key', { token: createToken(), lease: 1 });
  await vi.waitUntil(async () => {
    const outcome = await store.claim('key', { token: createToken(), lease: 3_600_000 });
    return outcome.outcome === 'acquired' && outcome.takeover;
  }, 150_000);
});

test('a fence is greater than one of an earlier process, which the wall clock gave', async () => {
  const before = (Date.now() - 60_000) * 1000;
  const store = new MemoryStore();
  const outcome = await store.claim('key', { token: createToken(), lease: 1 });
  expect(outcome).toMatchObject({ outcome: 'acquired' });
  expect(outcome.outcome === 'acquired' && outcome.fence).toBeGreaterThan(before);
});

test('a clock that stands still or steps back still gives greater fences', async () => {
  let now = 5000;
  const store = new MemoryStore({ clock: () => now });
  const fences: number[] = [];
  for (const at of [5000, 5000, 4000, 1, 6000]) {
    now = at;
    const token = createToken();
    const outcome = await store.claim('key', { token, lease: 1_000_000 });
    if (outcome.outcome === 'acquired') fences.push(outcome.fence);
    await store.release('key', token);
  }
  expect(fences).toEqual([5_000_000, 5_000_001, 5_000_002, 5_000_003, 6_000_000]);
});
