import 'reflect-metadata';
import { Controller, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { expect, test } from 'vitest';
import { IdempotencyModule, Idempotent } from '../../src/nest.ts';
import { portOf } from '../bindings/listen.ts';
import { Client } from '../support/client.ts';
import { executor } from './support/serve.ts';

let receipts = 0;

/** The handler that two controllers inherit. */
class Creating {
  create(): object {
    return { receipt: ++receipts };
  }
}
const descriptor = Object.getOwnPropertyDescriptor(Creating.prototype, 'create');
if (descriptor !== undefined) Post()(Creating.prototype, 'create', descriptor);

class Notes extends Creating {}
Controller('notes')(Notes);

class Payments extends Creating {}
Controller('payments')(Payments);
Idempotent({ required: true })(Payments);

test('a handler that controllers inherit is protected where its controller is marked, whichever is asked first', async () => {
  class App {}
  const idempotency = IdempotencyModule.forRoot({
    idempotency: executor(),
    principal: 'anonymous',
  });
  Module({ imports: [idempotency], controllers: [Notes, Payments] })(App);
  const app = await NestFactory.create(App, { logger: false, forceCloseConnections: true });
  await app.listen(0, '127.0.0.1');
  const client = new Client(portOf(app.getHttpServer()));
  expect((await client.send({ path: '/notes' })).status).toBe(201);
  expect((await client.send({ path: '/payments' })).status).toBe(400);
  const headers = { 'idempotency-key': 'a' };
  await client.send({ path: '/payments', headers });
  const retry = await client.send({ path: '/payments', headers });
  expect(retry.headers['idempotency-replayed']).toBe('true');
  expect((await client.send({ path: '/notes' })).status).toBe(201);
  client.close();
  await app.close();
});
