import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { FaultProxy } from '@idem/contract-tests/faults';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

/** Answers every chunk with itself, and remembers what came. */
class EchoServer {
  readonly received: string[] = [];
  readonly #server: Server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      this.received.push(String(bytes));
      socket.write(bytes);
    });
  });

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}

let echo: EchoServer;
let proxy: FaultProxy;
let client: Socket;

async function dial(): Promise<Socket> {
  const socket = connect({ host: proxy.host, port: proxy.port });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Reset or ended: `once` would reject with the reset. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
  });
}

async function ask(socket: Socket, request: string): Promise<string> {
  socket.write(request);
  const [reply] = await once(socket, 'data');
  return String(reply);
}

beforeEach(async () => {
  echo = new EchoServer();
  proxy = await FaultProxy.listen({ port: await echo.listen() });
  client = await dial();
});

afterEach(async () => {
  client.destroy();
  await proxy.close();
  await echo.close();
});

test('passes every byte on, both ways', async () => {
  const large = 'x'.repeat(3_000_000);
  let received = '';
  client.on('data', (bytes) => {
    received += String(bytes);
  });
  client.write(large);
  while (received.length < large.length) await once(client, 'data');
  expect(received).toBe(large);
});

describe('loseNextReply', () => {
  test('delivers the request, swallows the reply and cuts the connection', async () => {
    expect(await ask(client, 'before')).toBe('before');
    const seen: string[] = [];
    client.on('data', (bytes) => seen.push(String(bytes)));
    proxy.loseNextReply();
    client.write('lost');
    await closed(client);
    expect(seen).toEqual([]);
    expect(echo.received).toEqual(['before', 'lost']);
    expect(proxy.lost).toBe(1);
  });

  test('holds for one request: the next connection works', async () => {
    proxy.loseNextReply();
    client.write('lost');
    await closed(client);
    client = await dial();
    expect(await ask(client, 'again')).toBe('again');
    expect(proxy.lost).toBe(1);
  });

  test('leaves other connections as they are', async () => {
    const other = await dial();
    expect(await ask(other, 'warm')).toBe('warm');
    proxy.loseNextReply();
    client.write('lost');
    await closed(client);
    expect(await ask(other, 'still')).toBe('still');
    other.destroy();
  });

  test('delivers what was sent after it on the same connection too', async () => {
    proxy.loseNextReply();
    client.write('one;');
    client.write('two;');
    await closed(client);
    while (!echo.received.join('').includes('two;')) await new Promise(setImmediate);
    expect(echo.received.join('')).toBe('one;two;');
  });
});

describe('cut', () => {
  test('ends every connection, and new ones, until restore', async () => {
    expect(await ask(client, 'before')).toBe('before');
    proxy.cut();
    await closed(client);
    const refused = connect({ host: proxy.host, port: proxy.port });
    refused.on('error', () => {});
    await closed(refused);
    proxy.restore();
    client = await dial();
    expect(await ask(client, 'after')).toBe('after');
  });
});

test('redirect sends new connections elsewhere, and leaves those that are open', async () => {
  const second = new EchoServer();
  expect(await ask(client, 'one')).toBe('one');
  proxy.redirect({ port: await second.listen() });
  const moved = await dial();
  expect(await ask(moved, 'two')).toBe('two');
  expect(await ask(client, 'three')).toBe('three');
  expect([echo.received, second.received]).toEqual([['one', 'three'], ['two']]);
  moved.destroy();
  await second.close();
});

describe('stall', () => {
  test('holds back what is sent, and resume delivers it', async () => {
    expect(await ask(client, 'before')).toBe('before');
    proxy.stall();
    client.write('held');
    const other = await dial();
    expect(echo.received).toEqual(['before']);
    proxy.resume();
    const [reply] = await once(client, 'data');
    expect(String(reply)).toBe('held');
    other.destroy();
  });
});

test('counts its connections', async () => {
  expect(await ask(client, 'open')).toBe('open');
  expect(proxy.connections).toBe(1);
  client.destroy();
  while (proxy.connections > 0) await new Promise(setImmediate);
  expect(proxy.connections).toBe(0);
});
