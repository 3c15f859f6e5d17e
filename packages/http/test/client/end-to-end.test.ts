import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Idempotency } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { expect, test } from 'vitest';
import { idempotentFetch, type Retry } from '../../src/client/index.ts';
import { idempotent } from '../../src/node.ts';
import { LossyNetwork } from './support/lossy-network.ts';

/** mulberry32: the same chance for the same seed. */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ORDERS = 25;

test('over a network that loses a third of the answers, to a server that fails now and then, each order is charged once', async () => {
  const random = chance(Number(process.env['IDEM_TEST_SEED'] ?? 15));
  const charges: number[] = [];
  const idempotency = new Idempotency({ store: new MemoryStore(), ttl: 3_600_000 });
  const server = createServer(
    idempotent(
      { idempotency, principal: 'anonymous', required: true, wait: 20_000, onError: () => {} },
      async (request, response) => {
        const { amount } = (await json(request)) as { amount: number };
        if (random() < 0.2) throw new Error('no database');
        charges.push(amount);
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ receipt: `R-${charges.length}`, amount }));
      },
    ),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await using network = await LossyNetwork.before(address, random);

  const retries: Retry[] = [];
  const onRetry = (retry: Retry): void => void retries.push(retry);
  const ask = idempotentFetch({ minDelay: 1, maxDelay: 20, attemptTimeout: 30_000, onRetry });
  const pay = async (order: number): Promise<unknown> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ amount: order });
    const request = { method: 'POST', headers, body };
    const response = await ask(network.url, request, { key: `order-${order}` });
    expect(response.status).toBe(201);
    return response.json();
  };
  // Each twice, side by side: a double click.
  const orders = Array.from({ length: ORDERS }, (_, order) => order);
  const receipts = await Promise.all(orders.map((order) => Promise.all([pay(order), pay(order)])));

  expect(charges.toSorted((a, b) => a - b)).toEqual(orders);
  receipts.forEach(([one, other], amount) => {
    expect(one).toEqual(other);
    expect(one).toMatchObject({ amount });
  });
  expect(new Set(receipts.map(([one]) => JSON.stringify(one))).size).toBe(ORDERS);
  // It was as bad as it says.
  expect(network.losses).toBeGreaterThan(10);
  expect(retries.some((retry) => retry.reason === 'answer' && retry.status === 500)).toBe(true);
  server.closeAllConnections();
  server.close();
});
