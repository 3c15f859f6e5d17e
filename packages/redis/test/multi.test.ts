import { createToken, type IdempotencyStore } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rejection } from './support/expect-code.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const token = createToken();
const LEASE = 60_000;
const value = Buffer.from('result');

const operations: Readonly<Record<string, (store: IdempotencyStore) => Promise<unknown>>> = {
  find: (store) => store.find('key'),
  exists: (store) => store.exists('key'),
  inspect: (store) => store.inspect('key'),
  store: (store) => store.store('key', value, LEASE),
  remove: (store) => store.remove('key'),
  claim: (store) => store.claim('key', { token, lease: LEASE }),
  complete: (store) => store.complete('key', token, value, LEASE),
  renew: (store) => store.renew('key', token, LEASE),
  release: (store) => store.release('key', token),
};

describeWithServers('on a connection on which the application has opened a MULTI', () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await RedisProcess.start();
  });
  afterAll(() => server.close());

  test('no operation answers as if it were done', async () => {
    const ioredis = new Redis({ port: server.port, protocol: 2 });
    const nodeRedis = createClient({ url: server.url });
    await nodeRedis.connect();
    const clients = [
      { client: ioredis, multi: (command: string) => ioredis.call(command) },
      { client: nodeRedis, multi: (command: string) => nodeRedis.sendCommand([command]) },
    ];
    for (const { client, multi } of clients) {
      const store = new RedisStore({ client });
      // The server has all scripts, so that it queues each at once.
      for (const act of Object.values(operations)) await act(store);
      for (const act of Object.values(operations)) {
        await multi('MULTI');
        const error = await rejection(act(store), 'IDEM_STORE_FAILED');
        expect(error.message).toMatch(/MULTI/);
        await multi('DISCARD');
      }
    }
    ioredis.disconnect();
    nodeRedis.destroy();
  });
});
