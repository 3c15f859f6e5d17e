import { createToken, type IdempotencyStore } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const token = createToken();
const LEASE = 60_000;
const value = Buffer.from('result');

const operations: Readonly<Record<string, (store: IdempotencyStore) => Promise<unknown>>> = {
  'claim of a vacant key': (store) => store.claim('fresh', { token, lease: LEASE }),
  'claim of a held key': (store) => store.claim('held', { token: createToken(), lease: LEASE }),
  'claim of a completed key': (store) => store.claim('done', { token, lease: LEASE }),
  complete: (store) => store.complete('fresh', token, value, LEASE),
  release: (store) => store.release('held', token),
  renew: (store) => store.renew('renewed', token, LEASE),
  find: (store) => store.find('done'),
  exists: (store) => store.exists('done'),
  inspect: (store) => store.inspect('done'),
  store: (store) => store.store('stored', value, LEASE),
  remove: (store) => store.remove('done'),
};

describeWithServers('round trips, as the server counts them', () => {
  let server: RedisProcess;
  let client: Redis;
  let store: RedisStore;
  beforeAll(async () => {
    server = await RedisProcess.start();
    client = new Redis({ port: server.port });
    store = new RedisStore({ client });
    const lease = LEASE;
    for (const act of Object.values(operations)) await act(store);
    await server.admin.flushall();
    await store.claim('held', { token, lease });
    await store.claim('renewed', { token, lease });
    await store.store('done', value, LEASE);
  });
  afterAll(async () => {
    client.disconnect();
    await server.close();
  });

  test.each(Object.entries(operations))('%s takes one', async (_name, act) => {
    await server.admin.config('RESETSTAT');
    await act(store);
    const stats = await server.admin.info('commandstats');
    const calls = /cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1];
    expect(calls).toBe('1');
    expect(stats).not.toMatch(/cmdstat_(?:eval|script|wait|multi):/);
  });
});
