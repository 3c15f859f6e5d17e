import { Idempotency, type IdempotencyStore } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { describe, expect, test } from 'vitest';
import { idempotent } from '../src/index.ts';
import { express4Binding, express5Binding } from './bindings/express.ts';
import { fastify } from './bindings/fastify.ts';
import { koa2Binding, koa3Binding } from './bindings/koa.ts';
import { nestExpress, nestFastify } from './bindings/nest.ts';
import { expectProblem, Stage } from './suite/stage.ts';

const TYPES = ['application/json', 'application/x-www-form-urlencoded', 'application/pdf'] as const;

describe.each([
  [express5Binding, ['express.json()', 'express.urlencoded()', 'express.raw()']],
  [express4Binding, ['express.json()', 'express.urlencoded()', 'express.raw()']],
  [fastify, ['JSON parser', '@fastify/formbody', 'addContentTypeParser']],
  [koa3Binding, ['@koa/bodyparser', '@koa/bodyparser', 'ctx.request.rawBody']],
  [koa2Binding, ['@koa/bodyparser', '@koa/bodyparser', 'ctx.request.rawBody']],
  [nestExpress, ['bodyParser', 'bodyParser', 'app.useBodyParser']],
  [nestFastify, ['bodyParser', 'bodyParser', 'app.useBodyParser']],
] as const)('a body that nobody has read', (binding, parsers) => {
  test(`${binding.name}: is refused, with the parser that is missing, and executes nothing`, async () => {
    const server = await binding.start({ withoutParsers: true });
    const stage = new Stage(binding, server, new MemoryStore());
    stage.use({});
    for (const [at, type] of TYPES.entries()) {
      const received = await stage.pay({ headers: { 'content-type': type } });
      expectProblem(received, 500, 'body-not-read');
      expect(received.json()).toMatchObject({
        detail: expect.stringContaining(parsers[at] ?? '?'),
      });
    }
    expect([stage.executions, stage.errors.length]).toEqual([0, 3]);
    // A request that has none needs no parser.
    expect((await stage.client.send({ headers: { 'idempotency-key': 'none' } })).status).toBe(201);
    stage.client.close();
    await server.close();
  });

  test(`${binding.name}: the parts of a multipart body are never taken for none`, async () => {
    const server = await binding.start({ withoutParsers: true });
    const stage = new Stage(binding, server, new MemoryStore());
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const body = '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n';
    stage.use({});
    const received = await stage.pay({ headers, body });
    expectProblem(received, 500, 'body-not-read');
    expect(received.json()).toMatchObject({ detail: expect.stringContaining('`fingerprint`') });
    stage.use({ fingerprint: (request) => request.header('digest') ?? '' });
    expect((await stage.pay({ headers: { ...headers, digest: 'd' }, body })).status).toBe(201);
    stage.client.close();
    await server.close();
  });
});

test('Fetch: a Request whose body was read before is refused, and says so', async () => {
  const store: IdempotencyStore = new MemoryStore();
  const idempotency = new Idempotency({ store, ttl: 60_000 });
  let executions = 0;
  const handle = idempotent({ idempotency, principal: 'anonymous' }, () => {
    executions += 1;
    return new Response();
  });
  const request = new Request('http://shop.example/payments', {
    method: 'POST',
    headers: { 'idempotency-key': 'a' },
    body: 'text',
  });
  await request.text();
  const response = await handle(request);
  expect(response.status).toBe(500);
  expect(await response.json()).toMatchObject({ detail: expect.stringContaining('read before') });
  expect(executions).toBe(0);
});
