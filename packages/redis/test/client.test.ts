import { RedisStore } from '@idem/redis';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { Cluster as Cluster5, Redis as Redis5 } from 'ioredis-5';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisCluster } from './support/cluster.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';
import { works } from './support/works.ts';

const LEASE = 60_000;
const value = Buffer.from('result');

describeWithServers("the application's own client", () => {
  let server: RedisProcess;
  let cluster: RedisCluster;
  beforeAll(async () => {
    [server, cluster] = await Promise.all([RedisProcess.start(), RedisCluster.start()]);
  });
  afterAll(async () => {
    await server.close();
    await cluster.close();
  });

  const options = [
    {},
    { keyPrefix: 'app:' },
    { enableAutoPipelining: true },
    { enableAutoPipelining: true, keyPrefix: 'app:' },
    { showFriendlyErrorStack: true },
    { maxRetriesPerRequest: null },
    { stringNumbers: true },
    { protocol: 2 },
    { replyMapping: 'resp3' },
  ] satisfies RedisOptions[];
  test.each(options)('with %o', async (option) => {
    const client = new Redis(server.port, option);
    await works(new RedisStore({ client }), JSON.stringify(option));
    client.disconnect();
  });

  test('without an offline queue, before it is connected and after', async () => {
    const client = new Redis({ port: server.port, enableOfflineQueue: false });
    await works(new RedisStore({ client }), 'no queue');
    client.disconnect();
  });

  test('of ioredis 5.4', async () => {
    for (const enableAutoPipelining of [false, true]) {
      const client = new Redis5({ port: server.port, enableAutoPipelining });
      await works(new RedisStore({ client }), `five ${enableAutoPipelining}`);
      client.disconnect();
    }
  });

  test('that is a Cluster, of ioredis 5.4 and 6, with auto-pipelining and without', async () => {
    const nodes = cluster.masters.map(({ port }) => ({ host: '127.0.0.1', port }));
    for (const enableAutoPipelining of [false, true]) {
      for (const client of [
        new Cluster(nodes, { enableAutoPipelining, keyPrefix: 'app:' }),
        new Cluster5(nodes, { enableAutoPipelining }),
      ]) {
        await works(new RedisStore({ client }), `${client.constructor === Cluster} cluster`);
        for (const master of cluster.masters) await master.ask('FLUSHALL');
        client.disconnect();
      }
    }
  });

  test('its keyPrefix comes before the prefix of the store', async () => {
    const client = new Redis({ port: server.port, keyPrefix: 'app:' });
    await new RedisStore({ client, prefix: 'payments:' }).store('key', value, LEASE);
    expect(await server.admin.exists('app:payments:key')).toBe(1);
    client.disconnect();
  });

  test('is left as it was: no command added, no option changed, not closed', async () => {
    const client = new Redis({ port: server.port });
    await client.ping();
    const before = { options: { ...client.options }, own: Object.keys(client).sort() };
    const store = new RedisStore({ client });
    await works(store, 'untouched');
    await store.close();
    expect({ ...client.options }).toEqual(before.options);
    expect(Object.keys(client).sort()).toEqual(before.own);
    expect(await client.ping()).toBe('PONG');
    client.disconnect();
  });
});
