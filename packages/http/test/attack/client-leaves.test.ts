import type { IncomingMessage, Server } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { MemoryStore } from '@idem/memory';
import express from 'express';
import { expect, test } from 'vitest';
import { idempotent as middleware } from '../../src/express.ts';
import type { IdempotentOptions } from '../../src/index.ts';
import { idempotent } from '../../src/node.ts';
import type { Sent } from '../support/client.ts';
import { Gate, until } from '../support/gate.ts';
import { executor, type Served, serving, uncaughtDuring } from './support/serve.ts';

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
  let closes = 0;
  let responses = 0;
  const outcomes: unknown[] = [];
  const app = express();
  app.use((_req, res, next) => {
    responses += 1;
    res.on('close', () => {
      closes += 1;
    });
    next();
  });
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
    expect(closes).toBe(1);
    claiming.open();
    let retry = await pay();
    await until(async () => {
      retry = await pay();
      return retry.status !== 409;
    });
    expect([retry.status, retry.body.toString()]).toEqual([200, 'abc']);
    expect([executions, retry.headers['idempotency-replayed']]).toEqual([1, 'true']);
    // Who had heard that the first client left does not hear it again.
    await until(() => closes >= responses);
    expect(closes).toBe(responses);
  });
});

/** A payment that charges when it is told to, whoever is still there. */
function charging(own: Partial<IdempotentOptions<IncomingMessage>> = {}) {
  const begun = new Gate();
  const charged = new Gate();
  const state = { executions: 0, begun, charged };
  const listener = idempotent(
    { idempotency: executor(), principal: 'anonymous', ...own },
    async (_req, res) => {
      state.executions += 1;
      begun.open();
      await charged.opened;
      res.end(`R-${state.executions}`);
    },
  );
  return { state, listener };
}

async function expectReplayed({ pay }: Served, sent: Sent = {}): Promise<void> {
  let retry = await pay(sent);
  await until(async () => {
    retry = await pay(sent);
    return retry.status !== 409;
  });
  expect(retry.body.toString()).toBe('R-1');
  expect(retry.headers['idempotency-replayed']).toBe('true');
}

function gone(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.once('connection', (socket) => socket.once('close', () => setImmediate(resolve)));
  });
}

test.each<[string, Sent]>([
  ['no body', { body: '' }],
  ['a body that its handler does not read', {}],
  ['a long body that its handler does not read', { body: JSON.stringify('x'.repeat(300_000)) }],
])('a client that leaves after a request with %s stops nothing', async (_, sent) => {
  const { state, listener } = charging();
  await serving(listener, async (served) => {
    const left = gone(served.server);
    const leaving = new AbortController();
    const first = served.pay({ ...sent, signal: leaving.signal }).catch(() => 'left');
    await state.begun.opened;
    leaving.abort();
    expect(await first).toBe('left');
    await left;
    state.charged.open();
    await expectReplayed(served, sent);
    expect(state.executions).toBe(1);
  });
});

const head = 'POST /payments HTTP/1.1\r\nhost: a\r\nidempotency-key: order-1\r\ncontent-length:';

test.each<[string, string, 'end' | 'destroy']>([
  ['says that it sends no more', `${head} 2\r\n\r\n{}`, 'end'],
  ['leaves in the middle of a body that nobody reads', `${head} 100\r\n\r\n{"amount"`, 'destroy'],
])('a client that %s stops nothing', async (_, request, leave) => {
  const { state, listener } = charging({ fingerprint: ({ url = '' }) => url });
  await serving(listener, async (served) => {
    const left = gone(served.server);
    const socket = connect(served.port, '127.0.0.1');
    socket.on('error', () => {}).resume();
    socket.write(request);
    await state.begun.opened;
    socket[leave]();
    await left;
    state.charged.open();
    await expectReplayed(served);
    expect(state.executions).toBe(1);
    socket.destroy();
  });
});

test('a handler that reads its request when the client has left finds it whole', async () => {
  const begun = new Gate();
  const left = new Gate();
  let executions = 0;
  const listener = idempotent(
    { idempotency: executor(), principal: 'anonymous' },
    async (req, res) => {
      executions += 1;
      begun.open();
      await left.opened;
      res.end(`R-1 for ${await text(req)}`);
    },
  );
  await serving(listener, async ({ server, pay }) => {
    const ended = gone(server);
    const leaving = new AbortController();
    const first = pay({ signal: leaving.signal }).catch(() => 'left');
    await begun.opened;
    leaving.abort();
    expect(await first).toBe('left');
    await ended;
    left.open();
    let retry = await pay();
    await until(async () => {
      retry = await pay();
      return retry.status !== 409;
    });
    expect([retry.body.toString(), executions]).toEqual(['R-1 for {"amount":1}', 1]);
    expect(retry.headers['idempotency-replayed']).toBe('true');
  });
});

test('a client that leaves in the middle of a body that its handler reads breaks the execution off', async () => {
  let executions = 0;
  const begun = new Gate();
  const options = { idempotency: executor(), principal: 'anonymous' } as const;
  const listener = idempotent(
    { ...options, fingerprint: ({ url = '' }) => url, onError: () => {} },
    async (req, res) => {
      executions += 1;
      begun.open();
      res.end(await text(req));
    },
  );
  await serving(listener, async ({ port, server, pay }) => {
    const left = gone(server);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {}).write(`${head} 100\r\n\r\n{"amount"`);
    await begun.opened;
    socket.destroy();
    await left;
    let retry = await pay();
    await until(async () => {
      retry = await pay();
      return retry.status !== 409;
    });
    expect([retry.body.toString(), executions]).toEqual(['{"amount":1}', 2]);
  });
});
