import 'reflect-metadata';
import type { IncomingMessage } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { MemoryStore } from '@idem/memory';
import { bodyParser } from '@koa/bodyparser';
import {
  BadRequestException,
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Module,
  type PipeTransform,
  Post,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { describe, expect, test } from 'vitest';
import { idempotent as middleware } from '../src/express.ts';
import { idempotent as hook } from '../src/fastify.ts';
import { responder } from '../src/index.ts';
import { idempotent as koaMiddleware } from '../src/koa.ts';
import { IdempotencyModule, Idempotent } from '../src/nest.ts';
import { executor } from './attack/support/serve.ts';
import { closeServer, listen, portOf } from './bindings/listen.ts';
import { Client } from './support/client.ts';
import { FaultStore } from './support/fault-store.ts';

/** What each server here does: 401 without a token, 400 without an amount, else a receipt. */
interface Place {
  readonly name: string;
  /** Whether its validation, too, comes before the middleware. */
  readonly validatesFirst: boolean;
  start(
    store: FaultStore,
    pay: () => object,
  ): Promise<readonly [port: number, close: () => unknown]>;
}

const TOKEN = 'Bearer acme';
const principal = ({ headers }: IncomingMessage): string => String(headers.authorization);
const hasAmount = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && 'amount' in body;

const places: readonly Place[] = [
  {
    name: 'Express',
    validatesFirst: true,
    async start({ store }, pay) {
      const app = express();
      app.use((req, res, next) => {
        if (req.headers.authorization === TOKEN) next();
        else res.status(401).end();
      });
      app.use(express.json());
      app.use((req, res, next) => {
        if (hasAmount(req.body)) next();
        else res.status(400).end();
      });
      app.post(
        '/payments',
        middleware({ idempotency: executor(store), principal }),
        (_req, res) => {
          res.status(201).json(pay());
        },
      );
      const server = app.listen(0, '127.0.0.1');
      await new Promise((listening) => server.once('listening', listening));
      return [portOf(server), () => closeServer(server)];
    },
  },
  {
    name: 'Fastify',
    validatesFirst: true,
    async start({ store }, pay) {
      const app = Fastify({ forceCloseConnections: true });
      app.addHook('onRequest', async (request, reply) => {
        if (request.headers.authorization !== TOKEN) return reply.code(401).send();
        return undefined;
      });
      const preHandler = hook({
        idempotency: executor(store),
        principal: (request) => principal(request.raw),
      });
      const schema = { body: { type: 'object', required: ['amount'] } };
      app.post('/payments', { preHandler, schema }, async (_request, reply) => {
        reply.code(201);
        return pay();
      });
      await app.listen({ port: 0, host: '127.0.0.1' });
      return [portOf(app.server), () => app.close()];
    },
  },
  {
    name: 'Koa',
    validatesFirst: true,
    async start({ store }, pay) {
      const app = new Koa();
      app.use(async (ctx, next) => {
        if (ctx.get('authorization') === TOKEN) await next();
        else ctx.status = 401;
      });
      app.use(bodyParser());
      app.use(async (ctx, next) => {
        if (hasAmount(ctx.request.body)) await next();
        else ctx.status = 400;
      });
      app.use(
        koaMiddleware({ idempotency: executor(store), principal: (ctx) => principal(ctx.req) }),
      );
      app.use((ctx) => {
        ctx.status = 201;
        ctx.body = pay();
      });
      const server = app.listen(0, '127.0.0.1');
      await new Promise((listening) => server.once('listening', listening));
      return [portOf(server), () => closeServer(server)];
    },
  },
  {
    name: 'Hono',
    validatesFirst: true,
    async start({ store }, pay) {
      const respond = responder({
        idempotency: executor(store),
        principal: (request) => String(request.headers.get('authorization')),
      });
      const app = new Hono();
      app.use(async (c, next) => {
        if (c.req.header('authorization') === TOKEN) return next();
        return c.body(null, 401);
      });
      app.use(async (c, next) => {
        if (hasAmount(await c.req.raw.clone().json())) return next();
        return c.body(null, 400);
      });
      app.use(async (c, next) => {
        c.res = await respond(c.req.raw, async () => {
          await next();
          return c.res;
        });
      });
      app.post('/payments', (c) => c.json(pay(), 201));
      const server = createAdaptorServer({ fetch: app.fetch });
      const own = server as Parameters<typeof listen>[0];
      return [await listen(own), () => closeServer(own)];
    },
  },
  {
    name: 'NestJS',
    // Its pipes run after every interceptor: what they refuse is an answer, and recorded.
    validatesFirst: false,
    async start({ store }, pay) {
      class Authenticated implements CanActivate {
        canActivate(context: ExecutionContext): boolean {
          const request: IncomingMessage = context.switchToHttp().getRequest();
          if (request.headers.authorization === TOKEN) return true;
          throw new UnauthorizedException();
        }
      }
      class WithAmount implements PipeTransform {
        transform(body: unknown): unknown {
          if (hasAmount(body)) return body;
          throw new BadRequestException();
        }
      }
      class Payments {
        pay(_body: unknown): object {
          return pay();
        }
      }
      const descriptor = Object.getOwnPropertyDescriptor(Payments.prototype, 'pay') ?? {};
      Controller('payments')(Payments);
      Post()(Payments.prototype, 'pay', descriptor);
      UseGuards(Authenticated)(Payments.prototype, 'pay', descriptor);
      Idempotent()(Payments.prototype, 'pay', descriptor);
      Body(WithAmount)(Payments.prototype, 'pay', 0);
      class App {}
      const idempotency = executor(store);
      Module({
        imports: [IdempotencyModule.forRoot({ idempotency, principal })],
        controllers: [Payments],
      })(App);
      const app = await NestFactory.create(App, { logger: false, forceCloseConnections: true });
      await app.listen(0, '127.0.0.1');
      return [portOf(app.getHttpServer()), () => app.close()];
    },
  },
];

describe.each(places)('$name', ({ start, validatesFirst }) => {
  test('what authentication or validation refuses takes no key, and the corrected request executes', async () => {
    const store = new FaultStore(new MemoryStore());
    let receipts = 0;
    const [port, close] = await start(store, () => ({ receipt: ++receipts }));
    const client = new Client(port);
    const send = (authorization: string, key: string, body: string) => {
      const headers = { authorization, 'idempotency-key': key, 'content-type': 'application/json' };
      return client.send({ headers, body });
    };
    expect((await send('none', 'order-1', '{"amount":1}')).status).toBe(401);
    expect([store.calls, receipts]).toEqual([[], 0]);

    const refused = await send(TOKEN, 'order-2', '{"sum":1}');
    expect([refused.status, receipts]).toEqual([400, 0]);
    const corrected = await send(TOKEN, 'order-2', '{"amount":1}');
    expect(corrected.status).toBe(validatesFirst ? 201 : 422);

    const first = await send(TOKEN, 'order-1', '{"amount":1}');
    const retry = await send(TOKEN, 'order-1', '{"amount":1}');
    expect([first.status, first.headers['idempotency-replayed']]).toEqual([201, undefined]);
    expect([retry.status, retry.headers['idempotency-replayed']]).toEqual([201, 'true']);
    expect(receipts).toBe(validatesFirst ? 2 : 1);
    // Nobody who has no token is answered with what was recorded.
    expect((await send('none', 'order-1', '{"amount":1}')).status).toBe(401);
    client.close();
    await close();
  });
});
