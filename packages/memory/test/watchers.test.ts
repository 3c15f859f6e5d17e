import { createToken } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';

test('a wake-up has come before the operation that ends the claim resolves', async () => {
  const store = new MemoryStore();
  const token = createToken();
  await store.claim('key', { token, lease: 60_000 });
  const order: string[] = [];
  new MemoryStore({ shareWith: store }).watch('key', () => order.push('woken'));
  await store.release('key', token).then(() => order.push('released'));
  expect(order).toEqual(['woken', 'released']);
});

test('whoever watches from within a wake-up is not woken by what came before', async () => {
  const store = new MemoryStore();
  let late = 0;
  store.watch('key', () => store.watch('key', () => late++));
  await store.store('key', new Uint8Array(1), 60_000);
  expect(late).toBe(0);
  await store.remove('key');
  expect(late).toBe(1);
});

test('whoever stops another from within a wake-up has stopped it', async () => {
  const store = new MemoryStore();
  let second = 0;
  let stop = (): void => {};
  store.watch('key', () => stop());
  stop = store.watch('key', () => second++);
  await store.store('key', new Uint8Array(1), 60_000);
  expect(second).toBe(0);
});

test('a store says that it wakes who waits', () => {
  expect(new MemoryStore().supports.wakeUp).toEqual({ promised: true });
});
