import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { idempotent } from '../../src/node.ts';
import { until } from '../support/gate.ts';
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
