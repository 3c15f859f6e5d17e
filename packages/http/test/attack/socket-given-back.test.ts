import { IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { idempotent } from '../../src/node.ts';
import { Gate, until } from '../support/gate.ts';
import { executor, serving } from './support/serve.ts';

test('once the answer is let go, request and response have the socket itself again', async () => {
  const sockets: Socket[] = [];
  let handled: [IncomingMessage, ServerResponse] | undefined;
  const listener = idempotent({ idempotency: executor(), principal: 'anonymous' }, (req, res) => {
    handled = [req, res];
    res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
  });
  await serving(listener, async ({ server, pay }) => {
    server.on('connection', (socket) => sockets.push(socket));
    const paying = pay();
    // It has no end, so it is let go while it is written.
    await until(() => handled !== undefined && sockets[0]?.bytesWritten !== 0);
    const [req, res] = handled ?? [];
    expect(req?.socket === sockets[0]).toBe(true);
    expect(res?.socket === sockets[0]).toBe(true);
    res?.end();
    expect((await paying).status).toBe(200);
  });
});

test('once the answer is let go, the request has its own destroy again', async () => {
  let request: IncomingMessage | undefined;
  const during: boolean[] = [];
  const { destroy } = IncomingMessage.prototype;
  const listener = idempotent({ idempotency: executor(), principal: 'anonymous' }, (req, res) => {
    request = req;
    during.push(req.destroy === destroy);
    res.end('{}');
  });
  await serving(listener, async ({ pay }) => {
    expect((await pay()).status).toBe(200);
    expect([during, request?.destroy === destroy]).toEqual([[false], true]);
  });
});

test('a request whose client has left is destroyed when the answer is let go, and not before', async () => {
  const begun = new Gate();
  const gate = new Gate();
  let request: IncomingMessage | undefined;
  const during: (boolean | undefined)[] = [];
  const listener = idempotent(
    { idempotency: executor(), principal: 'anonymous' },
    async (req, res) => {
      request = req;
      begun.open();
      await gate.opened;
      during.push(req.destroyed);
      res.end('{}');
    },
  );
  await serving(listener, async ({ server, pay }) => {
    const left = new Promise((resolve) => {
      server.once('connection', (socket) => socket.once('close', () => setImmediate(resolve)));
    });
    const leaving = new AbortController();
    const first = pay({ signal: leaving.signal }).catch(() => 'left');
    await begun.opened;
    leaving.abort();
    expect(await first).toBe('left');
    await left;
    gate.open();
    await until(() => request?.destroyed === true);
    expect(during).toEqual([false]);
  });
});

test('who listens for the end of each request’s socket leaves nothing on a connection that goes on', async () => {
  let connection: Socket | undefined;
  const counts: number[] = [];
  const listener = idempotent({ idempotency: executor(), principal: 'anonymous' }, (req, res) => {
    for (const event of ['close', 'end', 'error']) req.socket.on(event, () => {});
    res.end('{}');
  });
  await serving(listener, async ({ server, pay }) => {
    server.on('connection', (socket) => {
      connection = socket;
    });
    for (let n = 0; n < 5; n += 1) {
      expect((await pay({ headers: { 'idempotency-key': `n${n}` } })).status).toBe(200);
      const listening = ['close', 'end', 'error'].map((event) => connection?.listenerCount(event));
      counts.push(listening.reduce<number>((sum, count) => sum + (count ?? 0), 0));
    }
  });
  expect(new Set(counts.slice(1)).size).toBe(1);
});
