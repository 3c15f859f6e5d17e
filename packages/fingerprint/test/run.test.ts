import { Idempotency } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';
import { fingerprintOf } from '../src/index.ts';

const idempotency = new Idempotency({ store: new MemoryStore(), ttl: 60_000 });

interface Order {
  readonly id: string;
  readonly amount: number;
  readonly sentAt: number;
}

test('a retry that says the same in another order is a retry, and another request is refused', async () => {
  const charge = idempotency.wrap((order: Order) => `charged ${order.amount}`, {
    key: (order) => order.id,
    fingerprint: (order) => fingerprintOf(order, { except: ['/sentAt'] }),
  });
  expect(await charge({ id: 'a', amount: 1, sentAt: 1 })).toBe('charged 1');
  expect(await charge({ sentAt: 2, amount: 1, id: 'a' })).toBe('charged 1');
  await expect(charge({ id: 'a', amount: 2, sentAt: 3 })).rejects.toMatchObject({
    code: 'IDEM_KEY_REUSED',
  });
});
