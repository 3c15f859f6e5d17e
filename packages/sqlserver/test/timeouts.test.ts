import { createServer } from 'node:net';
import { SqlServerStore } from '@idem/sqlserver';
import type { ConnectionConfiguration } from 'tedious';
import { expect, test } from 'vitest';
import { withTimeouts } from '../src/connection/timeouts.ts';
import { storeAnswer } from './support/tds/script.ts';
import { ScriptedServer } from './support/tds/scripted-server.ts';

const config: ConnectionConfiguration = { server: 'db.example', options: { database: 'd' } };
const limits = { connectTimeout: 16_000, requestTimeout: 21_000 };

test('a connection is opened within the operation’s timeout, and no request is cut before it', () => {
  expect(withTimeouts(config, 20_000)).toEqual({
    server: 'db.example',
    options: { database: 'd', ...limits },
  });
});

test('so are the connections of a function that gives the configuration', async () => {
  const source = withTimeouts(async () => config, 20_000);
  if (typeof source !== 'function') throw new Error('it is a function no more');
  await expect(source()).resolves.toEqual({
    server: 'db.example',
    options: { database: 'd', ...limits },
  });
});

test('what the configuration says itself goes before', () => {
  const own = { ...config, options: { connectTimeout: 1, requestTimeout: 2 } };
  expect(withTimeouts(own, 20_000)).toEqual(own);
});

test.each(['a configuration', 'a function'])(
  'a server that never answers is given up in time, where %s is given',
  async (how) => {
    const sockets: number[] = [];
    const server = createServer((socket) => {
      sockets.push(socket.remotePort ?? 0);
      socket.on('error', () => {}).resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    const silent = { server: '127.0.0.1', options: { port: address.port, encrypt: false } };
    const source = how === 'a function' ? async () => silent : silent;
    // The driver's own 15 s would hold up the end of the pool, and so the rejection.
    const connecting = SqlServerStore.connect(source, { timeout: 400 });
    await expect(connecting).rejects.toMatchObject({ retryable: true });
    expect(sockets.length).toBeGreaterThan(0);
    await new Promise((resolve) => server.close(resolve));
  },
  14_000,
);

test('a limit of the configuration for requests is kept by connect', async () => {
  let asked = 0;
  await using server = await ScriptedServer.listen({
    answer: (statement) => (++asked === 1 ? 'hang' : storeAnswer(statement)),
  });
  const options = { ...server.config.options, requestTimeout: 50 };
  const store = await SqlServerStore.connect({ ...server.config, options }, { timeout: 60_000 });
  expect(server.sent('attention').length).toBeGreaterThan(0);
  await store.close();
});
