import 'reflect-metadata';
import { Idempotency } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import { Controller, type DynamicModule, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect, test } from 'vitest';
import { IdempotencyModule, Idempotent } from '../src/nest.ts';
import { portOf } from './bindings/listen.ts';
import { Client } from './support/client.ts';

let receipts = 0;

function decorate(type: new () => object, name: string, ...decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, name);
  if (descriptor === undefined) throw new Error(`There is no method ${name}.`);
  for (const decorator of decorators) decorator(type.prototype, name, descriptor);
}

class Payments {
  pay(): object {
    return { receipt: ++receipts };
  }
  unmarked(): object {
    return { receipt: ++receipts };
  }
  strict(): object {
    return { receipt: ++receipts };
  }
}
Controller('payments')(Payments);
decorate(Payments, 'pay', Post('marked'), Idempotent());
decorate(Payments, 'unmarked', Post('unmarked'));
decorate(Payments, 'strict', Post('strict'), Idempotent({ required: true, strict: true }));

class Refunds {
  refund(): object {
    return { receipt: ++receipts };
  }
}
Controller('refunds')(Refunds);
Idempotent()(Refunds);
decorate(Refunds, 'refund', Post());

async function withApp(idempotency: DynamicModule, use: (client: Client) => Promise<void>) {
  class App {}
  Module({ imports: [idempotency], controllers: [Payments, Refunds] })(App);
  const app = await NestFactory.create(App, { logger: false, forceCloseConnections: true });
  await app.listen(0, '127.0.0.1');
  const client = new Client(portOf(app.getHttpServer()));
  await use(client);
  client.close();
  await app.close();
}

const options = () => ({
  idempotency: new Idempotency({ store: new MemoryStore(), ttl: 60_000 }),
  principal: 'anonymous' as const,
});
const headers = { 'idempotency-key': 'order-1' };

test('the module protects the routes that are marked, and no other', () =>
  withApp(IdempotencyModule.forRoot(options()), async (client) => {
    const first = await client.send({ path: '/payments/marked', headers });
    const retry = await client.send({ path: '/payments/marked', headers });
    expect([first.status, retry.status, retry.body.toString()]).toEqual([
      201,
      201,
      first.body.toString(),
    ]);
    expect(retry.headers['idempotency-replayed']).toBe('true');
    const unmarked = [
      await client.send({ path: '/payments/unmarked', headers }),
      await client.send({ path: '/payments/unmarked', headers }),
    ];
    expect(unmarked[0]?.body.equals(unmarked[1]?.body ?? Buffer.of())).toBe(false);
  }));

test('a mark on the controller holds for its routes', () =>
  withApp(IdempotencyModule.forRoot(options()), async (client) => {
    await client.send({ path: '/refunds', headers });
    const retry = await client.send({ path: '/refunds', headers });
    expect(retry.headers['idempotency-replayed']).toBe('true');
  }));

test('what a mark says counts before what the module says', () =>
  withApp(IdempotencyModule.forRoot(options()), async (client) => {
    expect((await client.send({ path: '/payments/strict' })).status).toBe(400);
    expect((await client.send({ path: '/payments/strict', headers })).status).toBe(400);
    const quoted = { 'idempotency-key': '"order-1"' };
    expect((await client.send({ path: '/payments/strict', headers: quoted })).status).toBe(201);
  }));

test('the options can be made of other providers', () =>
  withApp(
    IdempotencyModule.forRootAsync({
      imports: [
        {
          module: class Config {},
          providers: [{ provide: 'TTL', useValue: 90_000 }],
          exports: ['TTL'],
        },
      ],
      inject: ['TTL'],
      useFactory: async (ttl: number) => ({ ...options(), ttl }),
    }),
    async (client) => {
      await client.send({ path: '/payments/marked', headers });
      const retry = await client.send({ path: '/payments/marked', headers });
      expect(retry.headers['idempotency-replayed']).toBe('true');
    },
  ));

test('options that are none are refused when the application starts', async () => {
  const wrong = { ...options(), requried: true };
  class App {}
  Module({ imports: [IdempotencyModule.forRoot(wrong)] })(App);
  const starting = NestFactory.create(App, { logger: false, abortOnError: false });
  await expect(starting).rejects.toThrow(/requried/);
});
