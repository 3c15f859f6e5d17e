import { request } from 'node:http';
import { connect } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { idempotent } from '../../src/node.ts';
import { Gate, until } from '../support/gate.ts';
import { executor, serving } from './support/serve.ts';

test('a body in chunks that is too large does not stop the next request on its connection', async () => {
  const principal = 'anonymous';
  const options = { idempotency: executor(), principal, maxRequestBytes: 1_000 } as const;
  const listener = idempotent(options, async (req, res) => void res.end(await text(req)));
  await serving(listener, async ({ port }) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    const head = 'POST /payments HTTP/1.1\r\nhost: a\r\nidempotency-key: a\r\n';
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
    const chunk = 'x'.repeat(65_536);
    for (let n = 0; n < 32; n += 1) socket.write(`10000\r\n${chunk}\r\n`);
    socket.write('0\r\n\r\n');
    await until(() => received.includes('HTTP/1.1 413'));
    socket.write(`${head}content-length: 5\r\n\r\nhello`);
    await until(() => received.endsWith('hello'));
    socket.destroy();
  });
});

test('requests that follow each other without waiting are answered in order, each with its own', async () => {
  const gates = new Map(['a', 'b', 'c'].map((name) => [name, new Gate()]));
  const listener = idempotent(
    { idempotency: executor(), principal: 'anonymous' },
    async (req, res) => {
      const name = await text(req);
      await gates.get(name)?.opened;
      res.writeHead(200, { 'content-type': 'text/plain' }).end(`<${name}>`);
    },
  );
  await serving(listener, async ({ port }) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk;
    });
    for (const name of ['a', 'b', 'c']) {
      const head = `POST /payments HTTP/1.1\r\nhost: a\r\nidempotency-key: ${name}\r\n`;
      socket.write(`${head}content-length: 1\r\n\r\n${name}`);
    }
    for (const name of ['c', 'b', 'a']) gates.get(name)?.open();
    await until(() => received.includes('<c>'));
    expect(received.match(/<.>/g)).toEqual(['<a>', '<b>', '<c>']);
    socket.destroy();
  });
});

test('what is said before the answer goes out at once, and the answer when it is recorded', async () => {
  const answering = new Gate();
  const listener = idempotent(
    { idempotency: executor(), principal: 'anonymous' },
    async (req, res) => {
      await buffer(req);
      res.writeProcessing();
      res.writeEarlyHints({ link: '</a.css>; rel=preload' });
      await answering.opened;
      res.end('R-1');
    },
  );
  await serving(listener, async ({ port }) => {
    const headers = { 'idempotency-key': 'a', expect: '100-continue', 'content-length': '2' };
    const sent = request({ port, host: '127.0.0.1', method: 'POST', path: '/payments', headers });
    const before: number[] = [];
    sent.on('information', ({ statusCode }) => {
      before.push(statusCode);
      if (statusCode === 103) answering.open();
    });
    sent.on('continue', () => sent.end('{}'));
    sent.flushHeaders();
    const body = await new Promise<string>((resolve, reject) => {
      sent.on('response', (response) => text(response).then(resolve, reject));
      sent.on('error', reject);
    });
    expect([before, body]).toEqual([[100, 102, 103], 'R-1']);
    sent.destroy();
  });
});
