import { expect, test } from 'vitest';
import { fixture, rejection } from '../support/fixture.ts';

interface Order {
  readonly id: string;
  readonly amount: number;
}

test('a wrapped function is the same function, executed once per key', async () => {
  const { here } = fixture();
  const charged: number[] = [];
  const charge = here.wrap(
    async (order: Order, currency: string) => {
      charged.push(order.amount);
      return `${order.amount} ${currency}`;
    },
    { key: (order) => order.id },
  );
  expect(await charge({ id: 'o1', amount: 5 }, 'EUR')).toBe('5 EUR');
  expect(await charge({ id: 'o1', amount: 5 }, 'EUR')).toBe('5 EUR');
  expect(await charge({ id: 'o2', amount: 7 }, 'EUR')).toBe('7 EUR');
  expect(charged).toEqual([5, 7]);
});

test('scope and fingerprint come from the arguments, and `this` is kept', async () => {
  const { here, store } = fixture();
  const service = {
    rate: 3,
    charge: here.wrap(
      function (this: { rate: number }, order: Order) {
        return order.amount * this.rate;
      },
      {
        key: (order) => order.id,
        scope: () => ['acme', 'charge'],
        fingerprint: (order) => JSON.stringify(order),
      },
    ),
  };
  expect(await service.charge({ id: 'o1', amount: 5 })).toBe(15);
  expect([...store.entries.keys()]).toEqual(['@acme:charge/o1']);
  const error = await rejection(service.charge({ id: 'o1', amount: 6 }));
  expect(error).toMatchObject({ code: 'IDEM_KEY_REUSED' });
});

test('a key that cannot be told rejects, and nothing is executed', async () => {
  const { here, store } = fixture();
  const charge = here.wrap((_: Order) => 'charged', {
    key: () => {
      throw new Error('no key');
    },
  });
  await expect(charge({ id: 'o1', amount: 1 })).rejects.toThrow('no key');
  expect(store.log).toEqual([]);
});

test('without a key function there is nothing to wrap', () => {
  const { here } = fixture();
  // @ts-expect-error: key is missing
  expect(() => here.wrap(() => 1, {})).toThrow(/key must be a function/);
});
