import { Readable } from 'node:stream';
import { bodyParser } from '@koa/bodyparser';
import Fastify from 'fastify';
import Koa from 'koa';
import { expect, test } from 'vitest';
import { idempotent as fastifyHook } from '../../src/fastify.ts';
import { idempotent } from '../../src/koa.ts';
import { executor, type Served, serving } from './support/serve.ts';

/** What the first and the second of two payments are answered with. */
async function twice({ pay }: Served): Promise<readonly unknown[]> {
  const answers = [await pay(), await pay()];
  expect(answers.map(({ headers }) => headers['idempotency-replayed'])).toEqual([
    undefined,
    'true',
  ]);
  return answers.map(({ status, body, headers }) => [
    ...[status, body.toString(), headers['content-type'], headers['x-asked']],
  ]);
}

test.each<[string, (ctx: Koa.Context) => unknown]>([
  ['an envelope', ({ body }) => ({ data: body })],
  ['a stream', ({ body }) => Readable.from([JSON.stringify({ data: body })])],
])('Koa: what a middleware outside makes of an answer, %s, it makes once', async (_, wrap) => {
  let asked = 0;
  const app = new Koa();
  app.use(bodyParser());
  app.use(async (ctx, next) => {
    await next();
    ctx.body = wrap(ctx);
    ctx.type = 'application/json';
    ctx.set('x-asked', `${++asked}`);
  });
  app.use(idempotent({ idempotency: executor(), principal: 'anonymous' }));
  app.use((ctx) => {
    ctx.status = 201;
    ctx.body = { receipt: 'R-1' };
  });
  const json = 'application/json; charset=utf-8';
  const body = '{"data":{"receipt":"R-1"}}';
  await serving(app.callback(), async (served) => {
    expect(await twice(served)).toEqual([
      [201, body, json, '1'],
      // As it was recorded: it was set for the first.
      [201, body, json, '1'],
    ]);
  });
});

test('Koa: a problem is none of what middlewares outside make of an answer', async () => {
  const app = new Koa();
  app.use(bodyParser());
  app.use(async (ctx, next) => {
    await next();
    ctx.body = { data: ctx.body };
  });
  app.use(idempotent({ idempotency: executor(), principal: 'anonymous' }));
  app.use((ctx) => {
    ctx.body = 'R-1';
  });
  await serving(app.callback(), async ({ pay }) => {
    await pay();
    const refused = await pay({ body: '{"amount":2}' });
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(refused.json()).toMatchObject({ status: 422, retryable: false });
  });
});

test.each<[string, (payload: string) => unknown]>([
  ['a text', (payload) => `{"data":${payload}}`],
  ['a stream', (payload) => Readable.from([`{"data":${payload}}`])],
])('Fastify: what an onSend hook makes of an answer, %s, it makes once', async (_, wrap) => {
  const app = Fastify();
  let asked = 0;
  app.addHook('onSend', async (_request, reply, payload) => {
    reply.header('x-asked', `${++asked}`);
    return wrap(String(payload));
  });
  const preHandler = fastifyHook({ idempotency: executor(), principal: 'anonymous' });
  app.post('/payments', { preHandler }, async (_request, reply) => {
    reply.code(201);
    return { receipt: 'R-1' };
  });
  await app.ready();
  const json = 'application/json; charset=utf-8';
  const body = '{"data":{"receipt":"R-1"}}';
  await serving(app.routing, async (served) => {
    expect(await twice(served)).toEqual([
      [201, body, json, '1'],
      [201, body, json, '1'],
    ]);
  });
  await app.close();
});
