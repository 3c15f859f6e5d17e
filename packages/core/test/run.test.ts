import { expect, test } from 'vitest';
import { Idempotency } from '../src/index.ts';
import { TestStore } from './support/test-store.ts';

const terms = { ttl: 60_000, lease: 1_000 };

test('a function runs once per key, and its result is replayed', async () => {
  const store = new TestStore();
  const idempotency = new Idempotency({ store, ...terms });
  let runs = 0;
  const charge = () => ({ charge: ++runs });
  expect(await idempotency.run('order-1', charge)).toEqual({
    value: { charge: 1 },
    replayed: false,
    fence: 1,
    takeover: false,
  });
  expect(await idempotency.run('order-1', charge)).toEqual({
    value: { charge: 1 },
    replayed: true,
  });
  expect(runs).toBe(1);
});

test('a function that throws releases the key, and a retry executes', async () => {
  const idempotency = new Idempotency({ store: new TestStore(), ...terms });
  const error = new Error('card declined');
  await expect(
    idempotency.run('order-1', () => {
      throw error;
    }),
  ).rejects.toBe(error);
  expect((await idempotency.run('order-1', () => 'charged')).replayed).toBe(false);
});
