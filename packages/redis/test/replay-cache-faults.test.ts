import { setTimeout as sleep } from 'node:timers/promises';
import { RedisStore, type RedisStoreSettings } from '@idem/redis';
import { createClientPool } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HeldProxy } from './support/held-proxy.ts';
import { asked, isKept, untilKept } from './support/kept.ts';
import { openWithNodeRedis } from './support/node-redis-store.ts';
import { PATIENT_TIMEOUT } from './support/patience.ts';
import { RedisProcess } from './support/redis-process.ts';
import { SentinelGroup } from './support/sentinels.ts';
import { describeWithServers } from './support/skip.ts';
import { until } from './support/until.ts';

const TTL = 600_000;
const value = Buffer.from('result');
const PATIENT = { maxBytes: 1_000_000, maxStaleness: 600_000 };
const BOUND = 400;
const bounded = { maxBytes: 1_000_000, maxStaleness: BOUND };

const clients: Readonly<
  Record<string, (url: string, settings: RedisStoreSettings) => Promise<RedisStore>>
> = {
  ioredis: (url, settings) => RedisStore.connect({ url, timeout: PATIENT_TIMEOUT, ...settings }),
  'node-redis': (url, settings) =>
    openWithNodeRedis(url, { timeout: PATIENT_TIMEOUT, ...settings }),
};

/** Milliseconds are what the promise is made in; what is measured begins after the acknowledgement. */
async function boundIsOver(since: number): Promise<void> {
  await until('the bound is over', () => performance.now() - since > BOUND);
}

describeWithServers('a replay that asks nobody, when something is amiss', () => {
  let server: RedisProcess;
  let other: RedisStore;
  beforeAll(async () => {
    server = await RedisProcess.start([]);
    other = new RedisStore({ client: server.admin });
  });
  afterAll(() => server.close());

  for (const [name, open] of Object.entries(clients)) {
    test(`${name}: a connection that is half open is noticed within the bound`, async () => {
      await using proxy = await HeldProxy.listen(() => server.port);
      const url = `redis://127.0.0.1:${proxy.port}`;
      await using store = await open(url, { replayCache: bounded });
      const key = `${name} half open`;
      await other.store(key, value, TTL);
      await untilKept(server, store, key);
      const held = proxy.hold(proxy.tracker);
      await other.remove(key);
      const since = performance.now();
      // It may be answered until then, and is asked for as users do.
      await until('the bound is over', async () => {
        await store.find(key);
        return performance.now() - since > BOUND;
      });
      for (let i = 0; i < 20; i += 1) expect(await store.find(key)).toBeNull();
      // It is given up, and another one takes its place.
      await other.store(key, value, TTL);
      await untilKept(server, store, key);
      expect(proxy.tracker).not.toBe(held);
    });

    test(`${name}: what changed while its reply was on the way is not kept`, async () => {
      await using proxy = await HeldProxy.listen(() => server.port);
      const url = `redis://127.0.0.1:${proxy.port}`;
      await using store = await open(url, { replayCache: PATIENT });
      const key = `${name} overtaken`;
      await other.store(`${key} first`, value, TTL);
      await untilKept(server, store, `${key} first`);
      await other.store(key, value, TTL);

      const before = await asked(server);
      const data = proxy.hold(proxy.data);
      const overtaken = store.find(key);
      await until('the server has answered', async () => (await asked(server)) > before);
      await other.remove(key);
      // It hears of this one later, and asks for it then, which is not answered either.
      await other.remove(`${key} first`);
      const asks: Promise<unknown>[] = [];
      await until('the change is heard', async () => {
        const answer = store.exists(`${key} first`);
        const first = await Promise.race([answer, sleep(50, 'asks')]);
        if (first === 'asks') asks.push(answer);
        return first === 'asks';
      });
      proxy.release(data);
      expect(await overtaken).toEqual(new Uint8Array(value));
      expect(await Promise.all(asks)).toEqual([false]);
      expect(await store.find(key)).toBeNull();
    });

    test(`${name}: the changes of another server than the one that answers are worth nothing`, async () => {
      await using second = await RedisProcess.start([]);
      let target = server;
      await using proxy = await HeldProxy.listen(() => target.port);
      const url = `redis://127.0.0.1:${proxy.port}`;
      await using store = await open(url, { replayCache: bounded });
      const key = `${name} moved`;
      await other.store(key, value, TTL);
      await untilKept(server, store, key);
      // Only the connection of the operations leads to the other server from now on.
      target = second;
      proxy.data?.client.destroy();
      await boundIsOver(performance.now());
      expect(await store.find(key)).toBeNull();
      // Until the other one does as well.
      const there = new RedisStore({ client: second.admin });
      await there.store(key, value, TTL);
      await untilKept(second, store, key);
      await there.remove(key);
      await until('the change is heard', async () => (await store.find(key)) === null);
    });

    test(`${name}: a failover of Sentinel`, async () => {
      const group = await SentinelGroup.start();
      await using store = await open(group.url, { replayCache: bounded });
      const master = await group.master();
      await store.store('key', value, TTL);
      await untilKept(master, store, 'key');
      await group.failover();
      const promoted = await group.master();
      const onPromoted = new RedisStore({ client: promoted.admin });
      await until('it takes writes', () => onPromoted.remove('key').then(() => true));
      await boundIsOver(performance.now());
      expect(await store.find('key')).toBeNull();
      await store.store('key', value, TTL);
      await untilKept(promoted, store, 'key');
      await store.close();
      await group.close();
    });
  }

  test('what a process that stood still knows is too old', async () => {
    await using store = await RedisStore.connect({ url: server.url, replayCache: bounded });
    await other.store('still', value, TTL);
    await untilKept(server, store, 'still');
    await other.remove('still');
    const since = performance.now();
    // Nothing is read from any connection meanwhile.
    while (performance.now() - since <= BOUND);
    expect(await store.find('still')).toBeNull();
  });

  test('a pool whose connections lead to different servers keeps what the one that is heard has', async () => {
    await using second = await RedisProcess.start([]);
    const unheard = new RedisStore({ client: second.admin });
    // The first connection of the pool and the one that is told of changes, and every other one.
    let count = 0;
    await using proxy = await HeldProxy.listen(() => {
      count += 1;
      return count === 2 ? second.port : server.port;
    });
    const size = { minimum: 2, maximum: 2 };
    const client = createClientPool({ url: `redis://127.0.0.1:${proxy.port}` }, size);
    client.on('error', () => {});
    await client.connect();
    const store = new RedisStore({ client, replayCache: bounded });
    const keys = Array.from({ length: 20 }, (_, i) => `pool ${i}`);
    for (const key of keys) {
      await other.store(key, Buffer.of(1), TTL);
      await unheard.store(key, Buffer.of(2), TTL);
    }
    await until('both have answered, and one is kept', async () => {
      const answers = await Promise.all([...keys, ...keys].map((key) => store.find(key)));
      const both = [1, 2].every((one) => answers.some((answer) => answer?.[0] === one));
      return both && (await isKept(server, store, 'pool 0'));
    });
    for (let i = 0; i < 20; i += 1) await Promise.all(keys.map((key) => store.find(key)));
    for (const key of keys) await unheard.remove(key);
    const since = performance.now();
    await until('the bound is over, with demand all the time', async () => {
      await store.find('pool 0');
      return performance.now() - since > BOUND;
    });
    for (let i = 0; i < 10; i += 1) {
      const answers = await Promise.all(keys.map((key) => store.find(key)));
      expect(answers.filter((answer) => answer?.[0] === 2)).toEqual([]);
    }
    await store.close();
    client.destroy();
  });

  test('without demand, nothing is sent', async () => {
    await using store = await RedisStore.connect({ url: server.url, replayCache: bounded });
    await other.store('idle', value, TTL);
    await untilKept(server, store, 'idle');
    await until('what is under way is over', async () => {
      await server.admin.config('RESETSTAT');
      await boundIsOver(performance.now());
      return !/cmdstat_evalsha/.test(await server.admin.info('commandstats'));
    });
    expect(await isKept(server, store, 'idle')).toBe(false);
    await untilKept(server, store, 'idle');
  });
});
