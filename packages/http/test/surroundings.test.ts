import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Idempotency } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import express, { type NextFunction, type Request, type Response } from 'express';
import Fastify from 'fastify';
import Koa from 'koa';
import { expect, test } from 'vitest';
import { idempotent } from '../src/express.ts';
import { idempotent as fastifyHook } from '../src/fastify.ts';
import { idempotent as koaMiddleware } from '../src/koa.ts';
import { closeServer, portOf } from './bindings/listen.ts';
import { Client } from './support/client.ts';

const idempotency = () => new Idempotency({ store: new MemoryStore(), ttl: 60_000 });
const post = {
  headers: { 'idempotency-key': 'a', 'content-type': 'application/json' },
  body: '{}',
};

async function twice(handle: (req: IncomingMessage, res: ServerResponse) => void) {
  const server = createServer(handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new Client(portOf(server));
  const first = await client.send(post);
  const retry = await client.send(post);
  client.close();
  await closeServer(server);
  expect(retry.headers['idempotency-replayed']).toBe('true');
  return { first, retry };
}

test('what an earlier middleware sets is not recorded: each answer has its own', async () => {
  let requests = 0;
  const app = express();
  app.use((_req: Request, res: Response, next: NextFunction) => {
    res.setHeader('x-served-by', `request ${++requests}`);
    res.setHeader('x-fixed', 'same');
    next();
  });
  app.use(express.json(), idempotent({ idempotency: idempotency(), principal: 'anonymous' }));
  app.post('/payments', (_req, res) => void res.setHeader('x-fixed', 'changed').json({}));
  const { first, retry } = await twice(app);
  expect([first.headers['x-served-by'], retry.headers['x-served-by']]).toEqual([
    'request 1',
    'request 2',
  ]);
  expect([first.headers['x-fixed'], retry.headers['x-fixed']]).toEqual(['changed', 'changed']);
});

test('a middleware outside that compresses sees the answer when it goes out, and the replay too', async () => {
  const app = express();
  app.use((_req, res, next) => {
    const { end } = res;
    // As compressing middlewares do: they replace what was there.
    res.end = (chunk?: unknown) => {
      res.setHeader('content-encoding', 'gzip');
      res.removeHeader('content-length');
      return Reflect.apply(end, res, [gzipSync(Buffer.from(String(chunk)))]);
    };
    next();
  });
  app.use(express.json(), idempotent({ idempotency: idempotency(), principal: 'anonymous' }));
  app.post('/payments', (_req, res) => void res.json({ receipt: 'R-1' }));
  const { first, retry } = await twice(app);
  for (const { body, headers } of [first, retry]) {
    expect(headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(body).toString()).toBe('{"receipt":"R-1"}');
  }
});

test('who logs outside sees the status that went out', async () => {
  const logged: number[] = [];
  const app = express();
  app.use((_req, res, next) => {
    res.on('finish', () => logged.push(res.statusCode));
    next();
  });
  app.use(express.json(), idempotent({ idempotency: idempotency(), principal: 'anonymous' }));
  app.post('/payments', (_req, res) => void res.status(202).json({}));
  await twice(app);
  expect(logged).toEqual([202, 202]);
});

test('Koa: a middleware outside sees the status and the body of a replay', async () => {
  const seen: unknown[] = [];
  const app = new Koa();
  app.use(async (ctx, next) => {
    await next();
    seen.push(ctx.status, String(ctx.body));
  });
  app.use((ctx, next) => {
    ctx.request.rawBody = '{}';
    return next();
  });
  app.use(koaMiddleware({ idempotency: idempotency(), principal: 'anonymous' }));
  app.use((ctx) => {
    ctx.status = 202;
    ctx.body = 'accepted';
  });
  await twice(app.callback());
  expect(seen).toEqual([202, 'accepted', 202, 'accepted']);
});

test('Fastify: onRequest, onSend and onResponse hooks run for a replay as for an answer', async () => {
  const ran: string[] = [];
  const app = Fastify({ forceCloseConnections: true });
  let requests = 0;
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-hook', `request ${++requests}`);
  });
  app.addHook('onSend', async (_request, _reply, payload) => {
    ran.push('onSend');
    return payload;
  });
  app.addHook(
    'onResponse',
    async (_request, reply) => void ran.push(`onResponse ${reply.statusCode}`),
  );
  const preHandler = fastifyHook({ idempotency: idempotency(), principal: 'anonymous' });
  app.post('/payments', { preHandler }, async (_request, reply) => {
    reply.code(201).type('application/json; charset=utf-8');
    return { receipt: 'R-1' };
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new Client(portOf(app.server));
  const first = await client.send(post);
  const retry = await client.send(post);
  client.close();
  await app.close();
  expect([first.headers['x-hook'], retry.headers['x-hook']]).toEqual(['request 1', 'request 2']);
  expect(retry.headers['idempotency-replayed']).toBe('true');
  expect(ran).toEqual(['onSend', 'onResponse 201', 'onSend', 'onResponse 201']);
});

test('nothing of a request stays on its connection', async () => {
  const counts: number[] = [];
  const app = express();
  app.use(express.json(), idempotent({ idempotency: idempotency(), principal: 'anonymous' }));
  app.post('/payments', (_req, res) => void res.sendFile(import.meta.filename));
  const server = createServer(app).listen(0, '127.0.0.1');
  server.on('request', ({ socket }) => {
    counts.push(
      socket.listenerCount('close') + socket.listenerCount('error') + socket.listenerCount('end'),
    );
  });
  await once(server, 'listening');
  const client = new Client(portOf(server));
  for (let n = 0; n < 12; n += 1) {
    const headers = { ...post.headers, 'idempotency-key': `k-${n}` };
    expect((await client.send({ ...post, headers })).status).toBe(200);
  }
  client.close();
  await closeServer(server);
  expect(new Set(counts.slice(1))).toEqual(new Set([counts[1]]));
});
