import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MemoryStore } from '@idem/memory';
import express from 'express';
import { expect, test } from 'vitest';
import { idempotent as middleware } from '../../src/express.ts';
import { idempotent } from '../../src/node.ts';
import { Gate, until } from '../support/gate.ts';
import { executor, serving, uncaughtDuring } from './support/serve.ts';

const half =
  'POST /payments HTTP/1.1\r\nhost: a\r\nidempotency-key: a\r\ncontent-length: 100\r\n\r\n{"amount"';

test('a client that breaks off in the middle of its body ends no process', async () => {
  let executions = 0;
  const listener = idempotent(
    { idempotency: executor(), principal: 'anonymous' },
    (_req, res) => void res.end(String(++executions)),
  );
  const uncaught = await uncaughtDuring(() =>
    serving(listener, async ({ port, server, pay }) => {
      const left = new Promise((resolve) => {
        server.once('request', (req) => req.once('close', resolve));
      });
      const socket = connect(port, '127.0.0.1');
      server.once('request', () => setImmediate(() => socket.destroy()));
      socket.write(half);
      await left;
      expect((await pay()).status).toBe(200);
    }),
  );
  expect([uncaught, executions]).toEqual([[], 1]);
});

test('a client that left before its key was claimed is executed for, streams included', async () => {
  const real = new MemoryStore();
  const claiming = new Gate();
  const asked = new Gate();
  const store = new Proxy(real, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (name === 'claim') {
          asked.open();
          await claiming.opened;
        }
        return Reflect.apply(value, target, args);
      };
    },
  });
  let executions = 0;
  const outcomes: unknown[] = [];
  const app = express();
  app.use(express.json(), middleware({ idempotency: executor(store), principal: 'anonymous' }));
  app.post('/payments', async (_req, res) => {
    executions += 1;
    await pipeline(Readable.from(['a', 'b', 'c']), res).catch((error) => outcomes.push(error));
  });
  await serving(app, async ({ server, pay }) => {
    const leaving = new AbortController();
    const closed = new Promise((resolve) => {
      server.once('request', (_req, res) => res.once('close', resolve));
    });
    const first = pay({ signal: leaving.signal }).catch(() => 'left');
    await asked.opened;
    leaving.abort();
    expect(await first).toBe('left');
    await closed;
    claiming.open();
    let retry = await pay();
    await until(async () => {
      retry = await pay();
      return retry.status !== 409;
    });
    expect([retry.status, retry.body.toString()]).toEqual([200, 'abc']);
    expect([executions, retry.headers['idempotency-replayed']]).toEqual([1, 'true']);
  });
});
