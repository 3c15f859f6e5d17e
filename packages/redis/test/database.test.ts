import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rejection } from './support/expect-code.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';
import { SteeredProxy } from './support/steered-proxy.ts';
import { until } from './support/until.ts';

const LEASE = 60_000;

describeWithServers('the database that a client of ioredis asked for', () => {
  let servers: readonly [many: RedisProcess, few: RedisProcess];
  beforeAll(async () => {
    servers = await Promise.all([RedisProcess.start([]), RedisProcess.start(['--databases', '2'])]);
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  test('is where its records are, whatever the application selects', async () => {
    const [server] = servers;
    const client = new Redis({ port: server.port, db: 3 });
    const store = new RedisStore({ client });
    await store.store('key', Buffer.of(), LEASE);
    await client.select(4);
    await store.store('key', Buffer.of(), LEASE);
    await client.select(0);
    await store.store('key', Buffer.of(), LEASE);
    const keyspace = await server.admin.info('keyspace');
    for (const name of ['db0', 'db3', 'db4']) expect(keyspace).toContain(`${name}:keys=1,`);
    client.disconnect();
  });

  test('is confirmed once for each connection, however many operations wait for it', async () => {
    const [server] = servers;
    const client = new Redis({ port: server.port, db: 5 });
    const store = new RedisStore({ client });
    await client.ping();
    await server.admin.config('RESETSTAT');
    const keys = Array.from({ length: 20 }, (_, i) => `key ${i}`);
    for (const _twice of [1, 2]) await Promise.all(keys.map((key) => store.exists(key)));
    expect(await server.admin.info('commandstats')).toMatch(/cmdstat_select:calls=1,/);
    client.disconnect();
  });

  test('refused when it connects anew: nothing is written to another, and said so until it is there', async () => {
    const [many, few] = servers;
    let target = many.port;
    await using proxy = await SteeredProxy.listen(() => target);
    const client = new Redis({ port: proxy.port, db: 7 });
    client.on('error', () => {});
    const store = new RedisStore({ client });
    const claim = { token: createToken(), lease: LEASE };
    expect(await store.claim('before', claim)).toMatchObject({ outcome: 'acquired' });

    target = few.port;
    const { stream } = client;
    client.disconnect(true);
    await until(
      'it is connected anew',
      () => client.stream !== stream && client.status === 'ready',
    );
    for (const key of ['after', 'after that']) {
      const error = await rejection(store.claim(key, claim), 'IDEM_STORE_FAILED');
      expect(error.message).toMatch(/DB index is out of range.*databases/);
      expect(error.retryable).toBe(false);
    }
    expect(await few.admin.dbsize()).toBe(0);

    target = many.port;
    client.disconnect(true);
    await until('the right server serves again', async () => {
      const repeated = await store.claim('before', claim);
      return repeated.outcome === 'acquired';
    });
    client.disconnect();
  });
});
