import 'reflect-metadata';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import express, { type Request, type Response } from 'express';
import express4 from 'express-4';
import Fastify from 'fastify';
import Koa from 'koa';
import { expect, test } from 'vitest';
import { idempotent as middleware } from '../src/express.ts';
import { idempotent as hook } from '../src/fastify.ts';
import { idempotent as koaMiddleware } from '../src/koa.ts';
import { IdempotencyModule, Idempotent } from '../src/nest.ts';
import { executor } from './attack/support/serve.ts';
import { closeServer, listen, portOf } from './bindings/listen.ts';
import { Client } from './support/client.ts';

type Started = readonly [port: number, close: () => unknown];

async function started(
  handle: (req: IncomingMessage, res: ServerResponse) => void,
): Promise<Started> {
  const server = createServer(handle);
  return [await listen(server), () => closeServer(server)];
}

/** Two targets that look the same where the middleware stands. */
test.each<[string, (answer: () => object) => Promise<Started>]>([
  ...([express, express4] as const).map(
    (make, at): [string, (answer: () => object) => Promise<Started>] => [
      `Express ${5 - at}, a router that is mounted twice`,
      (answer) => {
        const app = make();
        const router = make.Router();
        router.use(middleware({ idempotency: executor(), principal: 'anonymous' }));
        router.post('/pay', (_req: Request, res: Response) => void res.json(answer()));
        app.use('/payments', router).use('/refunds', router);
        return started(app);
      },
    ],
  ),
  [
    'Koa, a URL that a middleware has cut',
    (answer) => {
      const app = new Koa();
      app.use((ctx, next) => {
        ctx.url = '/pay';
        return next();
      });
      app.use(koaMiddleware({ idempotency: executor(), principal: 'anonymous' }));
      app.use((ctx) => {
        ctx.body = answer();
      });
      return started(app.callback());
    },
  ],
  [
    'Fastify, a URL that it rewrites',
    async (answer) => {
      const app = Fastify({ forceCloseConnections: true, rewriteUrl: () => '/pay' });
      const preHandler = hook({ idempotency: executor(), principal: 'anonymous' });
      app.post('/pay', { preHandler }, async () => answer());
      await app.listen({ port: 0, host: '127.0.0.1' });
      return [portOf(app.server), () => app.close()];
    },
  ],
  [
    'NestJS, a URL that a middleware has cut',
    async (answer) => {
      class Payments {
        pay(): object {
          return answer();
        }
      }
      const descriptor = Object.getOwnPropertyDescriptor(Payments.prototype, 'pay') ?? {};
      Controller('pay')(Payments);
      Post()(Payments.prototype, 'pay', descriptor);
      HttpCode(200)(Payments.prototype, 'pay', descriptor);
      Idempotent()(Payments.prototype, 'pay', descriptor);
      class App {}
      const idempotency = executor();
      Module({
        imports: [IdempotencyModule.forRoot({ idempotency, principal: 'anonymous' })],
        controllers: [Payments],
      })(App);
      const app = await NestFactory.create(App, { logger: false, forceCloseConnections: true });
      app.use((req: IncomingMessage, _res: ServerResponse, next: () => void) => {
        req.url = '/pay';
        next();
      });
      await app.listen(0, '127.0.0.1');
      return [portOf(app.getHttpServer()), () => app.close()];
    },
  ],
])('%s: the route in the scope is the one that was asked for', async (_, start) => {
  let receipts = 0;
  const [port, close] = await start(() => ({ receipt: ++receipts }));
  const client = new Client(port);
  const headers = { 'idempotency-key': 'order-1' };
  const pay = (path: string) => client.send({ path, headers });
  expect((await pay('/payments/pay')).json()).toEqual({ receipt: 1 });
  expect((await pay('/refunds/pay')).json()).toEqual({ receipt: 2 });
  const retry = await pay('/payments/pay');
  expect([retry.json(), retry.headers['idempotency-replayed']]).toEqual([{ receipt: 1 }, 'true']);
  expect((await pay('/payments/pay?fast')).status).toBe(422);
  client.close();
  await close();
});
