import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { idempotent, type Listener } from '../../src/node.ts';
import { executor, serving } from './support/serve.ts';

/** With a listener that reads its request first, and is told of nothing that it throws. */
function listening(listener: Listener): (req: IncomingMessage, res: ServerResponse) => void {
  const options = { idempotency: executor(), principal: 'anonymous', onError: () => {} } as const;
  return idempotent(options, async (req, res) => {
    await text(req);
    await listener(req, res);
  });
}

/** What is answered to a request of the version of the protocol, byte for byte. */
function ask(port: number, version: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const head = `POST /payments HTTP/${version}\r\nhost: a\r\nconnection: close\r\n`;
  socket.write(`${head}idempotency-key: a\r\ncontent-length: 2\r\n\r\n{}`);
  return text(socket);
}

describe('what Node refuses is refused at once, and nothing of it is recorded', () => {
  const refused: readonly (readonly [string, (res: ServerResponse) => void])[] = [
    [
      'trailers after a body whose length is said',
      (res) => {
        res.setHeader('trailer', 'digest');
        res.setHeader('content-length', 3);
        res.end('R-1');
      },
    ],
    ['trailers of an answer without a body', (res) => res.writeHead(204, { trailer: 'x' }).end()],
    ['a list of fields that ends with a name', (res) => res.writeHead(200, ['x-a']).end('R-1')],
    [
      'pairs beside fields that were set before',
      (res) => {
        res.setHeader('x-a', '1');
        // biome-ignore lint/suspicious/noExplicitAny: its type allows no pairs
        res.writeHead(200, [['x-b', '2']] as any).end('R-1');
      },
    ],
  ];
  test.each(refused)('%s', async (_, answer) => {
    let calls = 0;
    let thrown: unknown;
    const listener = listening((_req, res) => {
      calls += 1;
      try {
        answer(res);
      } catch (error) {
        thrown = error;
        throw error;
      }
    });
    await serving(listener, async ({ port }) => {
      expect(await ask(port, '1.1')).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/);
      expect(thrown).toBeInstanceOf(Error);
      expect(await ask(port, '1.1')).toMatch(/^HTTP\/1\.1 500 /);
      expect(calls).toBe(2);
    });
  });
});

test.each([
  ['a name', { 'a b': 'c' }],
  ['a value', { digest: 'a\u1234' }],
])(
  'a trailer with %s that cannot be sent is refused at once, and the answer recorded without',
  async (_, trailers) => {
    const listener = listening((_req, res) => {
      res.write('R-');
      expect(() => res.addTrailers(trailers)).toThrow(TypeError);
      res.end('1');
    });
    await serving(listener, async ({ pay }) => {
      for (const { status, body } of [await pay(), await pay()]) {
        expect([status, body.toString()]).toEqual([200, 'R-1']);
      }
    });
  },
);

test('an answer with trailers is replayed to a client of HTTP/1.0 without them', async () => {
  const listener = listening((_req, res) => {
    res.writeHead(201, { trailer: 'digest' });
    res.write('R-1');
    res.addTrailers({ digest: 'x' });
    res.end();
  });
  await serving(listener, async ({ port }) => {
    expect(await ask(port, '1.1')).toMatch(/\r\ndigest: x\r\n\r\n$/);
    const replay = await ask(port, '1.0');
    expect(replay).toMatch(/^HTTP\/1\.1 201 .*\r\nidempotency-replayed: true\r\n.*\r\n\r\nR-1$/s);
    expect(replay).not.toContain('trailer');
  });
});
