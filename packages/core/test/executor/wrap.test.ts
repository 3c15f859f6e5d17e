import { describe, expect, test } from 'vitest';
import { fixture, rejection, TTL } from '../support/fixture.ts';

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

describe('run of a wrapped function', () => {
  test('tells a replay from an execution', async () => {
    const { here } = fixture();
    const charge = here.wrap((order: Order) => order.amount, { key: (order) => order.id });
    const order = { id: 'o1', amount: 5 };
    const executed = { value: 5, replayed: false, fence: 1, takeover: false };
    expect(await charge.run(order)).toEqual(executed);
    expect(await charge.run(order)).toEqual({ value: 5, replayed: true });
    expect(await charge(order)).toBe(5);
  });

  test('calls it without `this`, or with that it was given', async () => {
    const { here } = fixture();
    const seen: unknown[] = [];
    const look = here.wrap(
      function (this: unknown, _: string) {
        seen.push(this);
      },
      { key: (id) => id },
    );
    await look.run('a');
    await look('b');
    const service = { look };
    await service.look('c');
    await service.look.run('d');
    const self = {};
    await Reflect.apply(look.run, self, ['e']);
    expect(seen).toEqual([undefined, undefined, service, undefined, self]);
  });
});

test('the numbers of the options count for every call', async () => {
  const { here } = fixture();
  const charge = here.wrap((id: string) => id, { key: (id) => id, ttl: 5_000, lease: 100 });
  await charge('o1');
  const status = await here.status('o1');
  expect(status.state === 'completed' && status.ttlRemaining).toBeLessThanOrEqual(5_000);
  await here.run('o2', () => 1);
  expect(await here.status('o2')).toMatchObject({ ttlRemaining: expect.closeTo(TTL, -4) });
});

test('the signal of a call ends that call', async () => {
  const { here, store } = fixture();
  const charge = here.wrap((_: AbortSignal) => 1, { key: () => 'k', signal: (signal) => signal });
  expect(await rejection(charge(AbortSignal.abort('gone')))).toBe('gone');
  expect(store.log).toEqual([]);
});

describe('options of wrap that are refused', () => {
  const key = (): string => 'k';

  test.each<[string, unknown]>([
    ['a fingerprint misspelt', { key, fingerPrint: () => 'body' }],
    ['a scope misspelt', { key, scop: () => 'acme' }],
    ['a scope that is no function', { key, scope: 'acme' }],
    ['a fingerprint that is undefined', { key, fingerprint: undefined }],
    ['no options', undefined],
  ])('%s', (_, options) => {
    const { here } = fixture();
    // @ts-expect-error: bad on purpose
    const wrap = (): unknown => here.wrap(() => 1, options);
    expect(wrap).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
  });

  test('by the call: a scope or a fingerprint that is undefined this time', async () => {
    const { here, store } = fixture();
    const missing: string | undefined = JSON.parse('[]')[0];
    // @ts-expect-error: undefined on purpose
    const noScope = here.wrap(() => 1, { key, scope: () => missing });
    expect(await rejection(noScope())).toMatchObject({ code: 'IDEM_INVALID_OPTIONS' });
    // @ts-expect-error: undefined on purpose
    const noBody = here.wrap(() => 1, { key, fingerprint: () => missing });
    expect(await rejection(noBody())).toMatchObject({ code: 'IDEM_INVALID_FINGERPRINT' });
    expect(store.log).toEqual([]);
  });
});
