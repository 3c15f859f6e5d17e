import { idempotentFetch } from '@idem/http/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start as startExpress } from '../src/express.ts';
import { start as startFastify } from '../src/fastify.ts';
import { start as startFetch } from '../src/fetch.ts';
import { start as startHono } from '../src/hono.ts';
import { start as startKoa } from '../src/koa.ts';
import { start as startNest } from '../src/nest.ts';
import { start as startNode } from '../src/node.ts';
import type { Running } from '../src/service.ts';

const examples = {
  ...{ Express: startExpress, Fastify: startFastify, Koa: startKoa, 'node:http': startNode },
  ...{ NestJS: startNest, Hono: startHono, 'a Fetch handler': startFetch },
};
const ask = idempotentFetch({ maxAttempts: 1 });

describe.each(Object.entries(examples))('%s', (name, start) => {
  let running: Running;
  beforeAll(async () => {
    running = await start(0);
  });
  afterAll(() => running.close());

  const pay = (key: string, amount: number, account = 'acme') => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${account}` };
    const body = JSON.stringify({ amount });
    // The examples share one store, as servers of one service do.
    return ask.run(
      `${running.url}/payments`,
      { method: 'POST', headers, body },
      { key: name + key },
    );
  };

  test('a retry gets the first answer, and nothing is charged again', async () => {
    const [first, retry] = [await pay('order-1', 1250), await pay('order-1', 1250)];
    expect([first.response.status, retry.response.status]).toEqual([201, 201]);
    expect([first.replayed, retry.replayed]).toEqual([false, true]);
    const payment = Object(await first.response.json());
    expect(payment).toEqual({ receipt: expect.stringMatching(/^R-\d+$/), amount: 1250 });
    expect(await retry.response.json()).toEqual(payment);
    for (const { response } of [first, retry]) {
      expect(response.headers.get('location')).toBe(`/payments/${payment.receipt}`);
      expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    }
  });

  test('another amount is refused, and another account has keys of its own', async () => {
    const { response: first } = await pay('order-2', 4900);
    expect((await pay('order-2', 9900)).response.status).toBe(422);
    const { response: others, replayed } = await pay('order-2', 4900, 'globex');
    expect([others.status, replayed]).toEqual([201, false]);
    expect(Object(await others.json()).receipt).not.toBe(Object(await first.json()).receipt);
  });

  test('without a key nothing is charged', async () => {
    const headers = { 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: '{"amount":1}' };
    const response = await fetch(`${running.url}/payments`, init);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ title: 'Idempotency-Key is missing' });
  });
});
