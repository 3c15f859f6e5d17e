import { IdempotencyError, type IdempotencyStore } from '@idem/core';
import { idempotentFetch } from '@idem/http/client';
import { MemoryStore } from '@idem/memory';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Bank } from '../src/bank.ts';
import { PaymentServer } from '../src/server.ts';

const order = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: '{"item":"a bell","amount":1250}',
};
const ask = idempotentFetch({ maxAttempts: 1 });

let bank: Bank;
let server: PaymentServer | undefined;
beforeEach(() => {
  bank = new Bank();
});
afterEach(() => server?.close());

async function start(store: IdempotencyStore, lease: number): Promise<string> {
  server = await PaymentServer.start({ name: 'A', store, bank, scope: 'test', lease });
  return server.url;
}

test.each([
  [600_000, 600],
  [3_600_000, 3_600],
])('in progress under a lease of %i ms: Retry-After says when it ends', async (lease, most) => {
  const url = await start(new MemoryStore(), lease);
  const slow = bank.slowDown();
  const first = ask(url, order, { key: 'order-1' });
  await slow.reached;
  const { status, headers } = await ask(url, order, { key: 'order-1' });
  expect(status).toBe(409);
  expect(headers.get('content-type')).toBe('application/problem+json');
  const seconds = Number(headers.get('retry-after'));
  expect(seconds).toBeLessThanOrEqual(most);
  // A claim is renewed at every third of its lease.
  expect(seconds).toBeGreaterThan(most / 2);
  slow.answer();
  expect((await first).status).toBe(201);
});

test('a client left to itself asks again until it has the receipt', async () => {
  const url = await start(new MemoryStore(), 1000);
  const slow = bank.slowDown();
  const patient = idempotentFetch({ onRetry: () => slow.answer() });
  const first = ask(url, order, { key: 'order-1' });
  await slow.reached;
  const { response, replayed, attempts } = await patient.run(url, order, { key: 'order-1' });
  expect([response.status, replayed, attempts]).toEqual([201, true, 2]);
  expect(await response.json()).toEqual(await (await first).json());
  expect(bank.charges).toHaveLength(1);
});

/** It grants claims, and can record nothing. */
class ForgetfulStore extends MemoryStore {
  override complete(): Promise<boolean> {
    const gone = new IdempotencyError('IDEM_STORE_UNAVAILABLE', 'The store is gone.');
    return Promise.reject(gone);
  }
}

test('a payment that could not be recorded is answered all the same, and marked', async () => {
  const complaint = vi.spyOn(console, 'error').mockReturnValue();
  const url = await start(new ForgetfulStore(), 300);
  const response = await ask(url, order, { key: 'order-1' });
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ receipt: 'R-1', item: 'a bell', amount: 1250 });
  expect(response.headers.get('idempotency-recorded')).toBe('no');
  const reported = complaint.mock.calls.map(([error]) => error);
  expect(reported).toEqual([expect.objectContaining({ code: 'IDEM_NOT_RECORDED' })]);
  complaint.mockRestore();
});

test.each([
  ['without a key', {}, order.body, 400, 'application/problem+json'],
  ['that is no order', { 'idempotency-key': 'order-1' }, '{"item":"a bell"}', 400, null],
  ['that is no JSON', { 'idempotency-key': 'order-1' }, 'a bell', 400, null],
])('a request %s is refused, and nothing is charged', async (_, key, body, status, type) => {
  const url = await start(new MemoryStore(), 1000);
  const response = await fetch(url, { method: 'POST', headers: { ...key }, body });
  expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
  expect(bank.charges).toEqual([]);
});
