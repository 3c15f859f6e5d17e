import { createToken, type IdempotencyStore } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisCluster } from './support/cluster.ts';
import { openWithNodeRedis } from './support/node-redis-store.ts';
import { RedisProcess } from './support/redis-process.ts';
import { SentinelGroup } from './support/sentinels.ts';
import { describeWithServers } from './support/skip.ts';
import { until } from './support/until.ts';

const LEASE = 60_000;
const value = Buffer.from('result');

/** How a claim ends. */
const endings: Readonly<
  Record<string, (store: IdempotencyStore, key: string, token: string) => Promise<unknown>>
> = {
  complete: (store, key, token) => store.complete(key, token, value, LEASE),
  release: (store, key, token) => store.release(key, token),
  store: (store, key) => store.store(key, value, LEASE),
  remove: (store, key) => store.remove(key),
};

const clients: Readonly<Record<string, (url: string) => Promise<RedisStore>>> = {
  ioredis: (url) => RedisStore.connect(`${url}?wakeUp=true`),
  'node-redis': (url) => openWithNodeRedis(url, { wakeUp: true }),
};

/** A watcher that counts, after the one wake with which it begins. */
async function listening(store: IdempotencyStore, key: string): Promise<{ wakes: number }> {
  const seen = { wakes: 0 };
  store.watch(key, () => {
    seen.wakes += 1;
  });
  await until('it listens', () => seen.wakes === 1);
  seen.wakes = 0;
  return seen;
}

async function pubSubConnections(server: RedisProcess): Promise<number> {
  const list = String(await server.admin.client('LIST', 'TYPE', 'PUBSUB'));
  return list.split('\n').filter((line) => line !== '').length;
}

describeWithServers('wake-ups', () => {
  let server: RedisProcess;
  let cluster: RedisCluster;
  let group: SentinelGroup;
  beforeAll(async () => {
    [server, cluster, group] = await Promise.all([
      RedisProcess.start(),
      RedisCluster.start(),
      SentinelGroup.start(),
    ]);
  });
  afterAll(async () => {
    await Promise.all([server.close(), cluster.close(), group.close()]);
  });

  for (const [name, open] of Object.entries(clients)) {
    test(`${name}: each ending of a claim wakes who watches its key, wherever`, async () => {
      for (const url of [server.url.replace('/0', ''), cluster.url, group.url]) {
        const [holder, waiter] = [await open(url), await open(url)];
        expect(waiter.supports.wakeUp).toEqual({ promised: true });
        for (const [ending, end] of Object.entries(endings)) {
          const token = createToken();
          const key = `${name} ${ending} é\u0000{x}`;
          await holder.claim(key, { token, lease: LEASE });
          const [seen, other] = [
            await listening(waiter, key),
            await listening(waiter, `${key}, another`),
          ];
          await end(holder, key, token);
          await until(`${ending} wakes`, () => seen.wakes === 1);
          expect(other.wakes).toBe(0);
        }
        await Promise.all([holder.close(), waiter.close()]);
      }
    });

    test(`${name}: one connection for all, from the first watcher to close`, async () => {
      const store = await open(server.url);
      await store.find('key');
      expect(await pubSubConnections(server)).toBe(0);
      const watching = Array.from({ length: 20 }, (_, i) => store.watch(`many ${i % 5}`, () => {}));
      await listening(store, 'one more');
      expect(await pubSubConnections(server)).toBe(1);
      const channels = async (): Promise<number> =>
        Number((await server.admin.pubsub('CHANNELS', 'idempotency:many*')).length);
      expect(await channels()).toBe(5);
      for (const unwatch of watching) {
        unwatch();
        unwatch();
      }
      await until('nothing is listened to for nobody', async () => (await channels()) === 0);
      await store.close();
      await until('it is gone', async () => (await pubSubConnections(server)) === 0);
    });

    test(`${name}: after a drop it listens again, and wakes once for what it may have missed`, async () => {
      const store = await open(server.url);
      const seen = await listening(store, `dropped ${name}`);
      await server.admin.client('KILL', 'TYPE', 'PUBSUB');
      await until('it wakes', () => seen.wakes === 1);
      await store.store(`dropped ${name}`, value, LEASE);
      await until('it hears again', () => seen.wakes === 2);
      await store.close();
    });
  }

  test('a second watcher of a key that is listened to is not woken for nothing', async () => {
    const store = await RedisStore.connect(`${server.url}?wakeUp=true`);
    await listening(store, 'shared');
    let wakes = 0;
    store.watch('shared', () => {
      wakes += 1;
    });
    await listening(store, 'after it');
    expect(wakes).toBe(0);
    await store.close();
  });

  test("a client's keyPrefix is part of the channel", async () => {
    const client = new Redis({ port: server.port, keyPrefix: 'app:' });
    const store = new RedisStore({ client, wakeUp: true });
    const seen = await listening(store, 'prefixed');
    await store.store('prefixed', value, LEASE);
    await until('it hears', () => seen.wakes === 1);
    await store.close();
    client.disconnect();
  });

  test('without the option nothing is published, nothing listens, and the store says so', async () => {
    await using store = await RedisStore.connect(server.url);
    expect(store.supports.wakeUp).toEqual({
      promised: false,
      reason: expect.stringMatching(/without the option wakeUp/),
    });
    await server.admin.config('RESETSTAT');
    const unwatch = store.watch('silent', () => {
      throw new Error('woken');
    });
    for (const end of Object.values(endings)) {
      const token = createToken();
      await store.claim('silent', { token, lease: LEASE });
      await end(store, 'silent', token);
      await store.remove('silent');
    }
    unwatch();
    const stats = await server.admin.info('commandstats');
    expect(stats).not.toMatch(/cmdstat_(?:publish|subscribe)/);
  });

  test('a user who may not publish records all the same', async () => {
    const rights = ['on', '>pw', '~*', 'resetchannels', '+@all', '-publish', '-subscribe'];
    await server.admin.call('ACL', 'SETUSER', 'mute', ...rights);
    const client = new Redis({ port: server.port, username: 'mute', password: 'pw' });
    const store = new RedisStore({ client, wakeUp: true });
    const token = createToken();
    store.watch('mute', () => {});
    await store.claim('mute', { token, lease: LEASE });
    expect(await store.complete('mute', token, value, LEASE)).toBe(true);
    await store.close();
    client.disconnect();
  });
});
