import { type NodeRedisClient, RedisStore } from '@idem/redis';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import {
  createClient as createClient5,
  createCluster as createCluster5,
  createSentinel as createSentinel5,
} from 'redis-5';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisCluster } from './support/cluster.ts';
import { rejection } from './support/expect-code.ts';
import { PATIENT_TIMEOUT } from './support/patience.ts';
import { RedisProcess } from './support/redis-process.ts';
import { SentinelGroup } from './support/sentinels.ts';
import { describeWithServers } from './support/skip.ts';
import { SteeredProxy } from './support/steered-proxy.ts';
import { until } from './support/until.ts';
import { works } from './support/works.ts';

type Client = NodeRedisClient & {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
};

const LEASE = 60_000;
const value = Buffer.from('result');

describeWithServers("the application's own client of node-redis", () => {
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

  /** Connects, serves a store and goes. */
  async function serve(client: Client, label: string): Promise<void> {
    client.on('error', () => {});
    await client.connect();
    await works(new RedisStore({ client }), label);
    client.destroy();
  }

  test('a client of redis 5 and 6, with both protocols', async () => {
    const { url } = server;
    await serve(createClient({ url }), 'six');
    await serve(createClient({ url, RESP: 2 }), 'six, RESP 2');
    await serve(createClient5({ url }), 'five');
    await serve(createClient5({ url, RESP: 3 }), 'five, RESP 3');
  });

  test('a pool', async () => {
    const size = { minimum: 2, maximum: 4 };
    await serve(createClientPool({ url: server.url }, size), 'pool of six');
    await serve(createClient5({ url: server.url }).createPool(size), 'pool of five');
  });

  test('a cluster, with its connections made at once and when needed', async () => {
    const rootNodes = cluster.masters.map(({ url }) => ({ url }));
    for (const minimizeConnections of [false, true]) {
      await serve(createCluster({ rootNodes, minimizeConnections }), `${minimizeConnections}`);
      for (const master of cluster.masters) await master.ask('FLUSHALL');
      await serve(createCluster5({ rootNodes, minimizeConnections }), `${minimizeConnections}`);
      for (const master of cluster.masters) await master.ask('FLUSHALL');
    }
  });

  test('a sentinel', async () => {
    const sentinelRootNodes = [{ host: '127.0.0.1', port: group.sentinel.port }];
    await serve(createSentinel({ name: 'main', sentinelRootNodes }), 'six');
    await serve(createSentinel5({ name: 'main', sentinelRootNodes }), 'five');
  });

  test('a sentinel is sent a hundred calls of one turn at once, and not one after the other', async () => {
    const master = await group.master();
    let sent = 0;
    await using proxy = await SteeredProxy.listen(
      () => master.port,
      (request) => {
        sent += request.split('EVALSHA').length - 1;
        return false;
      },
    );
    const sentinelRootNodes = [{ host: '127.0.0.1', port: group.sentinel.port }];
    const nodeAddressMap = {
      [`127.0.0.1:${master.port}`]: { host: '127.0.0.1', port: proxy.port },
    };
    const client = createSentinel({ name: 'main', sentinelRootNodes, nodeAddressMap });
    client.on('error', () => {});
    await client.connect();
    const store = new RedisStore({ client, timeout: PATIENT_TIMEOUT });
    await store.exists('warm');
    const pid = await master.pid();
    process.kill(pid, 'SIGSTOP');
    sent = 0;
    const calls = Array.from({ length: 100 }, (_, i) => store.exists(`key ${i}`));
    try {
      await until('all are sent, while none is answered', () => sent === 100);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    expect(await Promise.all(calls)).not.toContain(true);
    client.destroy();
  });

  test('its keyPrefix comes before the prefix of the store', async () => {
    const client = createClient({ url: server.url, keyPrefix: 'app:' });
    await client.connect();
    await new RedisStore({ client, prefix: 'payments:' }).store('key', value, LEASE);
    expect(await server.admin.exists('app:payments:key')).toBe(1);
    client.destroy();
  });

  test('is left as it was: not closed, and its own replies stay what they were', async () => {
    const client = createClient({ url: server.url });
    await client.connect();
    const store = new RedisStore({ client });
    await works(store, 'untouched');
    await store.close();
    expect(await client.set('mine', 'text')).toBe('OK');
    expect(await client.get('mine')).toBe('text');
    client.destroy();
  });

  test('one that is not connected is not waited for', async () => {
    const client = createClient({ url: server.url });
    const error = await rejection(new RedisStore({ client }).find('key'), 'IDEM_STORE_UNAVAILABLE');
    expect(error.retryable).toBe(false);
    expect(error.message).toMatch(/closed/);
  });
});
