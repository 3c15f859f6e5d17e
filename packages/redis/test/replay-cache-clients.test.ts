import { type RedisClient, RedisStore } from '@idem/redis';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { Redis as Redis5 } from 'ioredis-5';
import { createClient, createClientPool, createCluster } from 'redis';
import { createClient as createClient5 } from 'redis-5';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseUrl } from '../src/url.ts';
import { untilKept } from './support/kept.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';
import { until } from './support/until.ts';
import { works } from './support/works.ts';

const TTL = 600_000;
const value = Buffer.from('result');
const replayCache = { maxBytes: 1_000_000, maxStaleness: 600_000 };
const invalid = { code: 'IDEM_INVALID_OPTIONS' };

interface Connectable {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
}

async function connected<Client extends Connectable>(client: Client): Promise<Client> {
  client.on('error', () => {});
  await client.connect();
  return client;
}

describeWithServers("a replay that asks nobody, on the application's own client", () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await RedisProcess.start([]);
  });
  afterAll(() => server.close());

  /** The prefix as the server sees it. */
  async function serve(client: RedisClient, prefix = 'idempotency:'): Promise<void> {
    const store = new RedisStore({ client, replayCache });
    await works(store, 'all of it');
    await store.store('kept', value, TTL);
    await untilKept(server, store, 'kept');
    const flags = /\bflags=\S*t/;
    const list = String(await server.admin.client('LIST', 'TYPE', 'NORMAL'));
    expect(list, 'the own connection of the application is as it was').not.toMatch(flags);
    await server.admin.del(`${prefix}kept`);
    await until('the change is heard', async () => (await store.find('kept')) === null);
    await store.close();
    await server.admin.flushall();
  }

  const options = [
    {},
    { keyPrefix: 'app:' },
    { enableAutoPipelining: true, db: 3 },
    { protocol: 2, stringNumbers: true },
    { replyMapping: 'resp3', enableOfflineQueue: false, lazyConnect: true },
  ] satisfies RedisOptions[];
  test.each(options)('ioredis with %o', async (option) => {
    const client = new Redis(server.port, option);
    if (option.db !== undefined) await server.admin.select(option.db);
    await serve(client, `${client.options.keyPrefix ?? ''}idempotency:`);
    await server.admin.select(0);
    client.disconnect();
  });

  test('ioredis 5.4', async () => {
    const client = new Redis5({ port: server.port });
    await serve(client);
    client.disconnect();
  });

  test('node-redis 5 and 6, with both protocols, and a pool', async () => {
    const { url } = server;
    const clients = await Promise.all([
      connected(createClient({ url })),
      connected(createClient({ url, RESP: 2 })),
      connected(createClient5({ url })),
      connected(createClient5({ url, RESP: 3 })),
      connected(createClientPool({ url }, { minimum: 3, maximum: 3 })),
    ]);
    for (const client of clients) await serve(client);
    for (const client of clients) client.destroy();
  });

  test('node-redis with a client-side cache of its own', async () => {
    const clientSideCache = { ttl: 0, maxEntries: 10, evictPolicy: 'LRU' } as const;
    const client = await connected(createClient({ url: server.url, RESP: 3, clientSideCache }));
    const store = new RedisStore({ client, replayCache });
    await works(store, 'cached twice');
    await store.store('kept', value, TTL);
    await untilKept(server, store, 'kept');
    await server.admin.set('theirs', 'old');
    expect(await client.get('theirs')).toBe('old');
    await server.admin.set('theirs', 'new');
    await until('theirs is heard too', async () => (await client.get('theirs')) === 'new');
    await store.close();
    client.destroy();
  });

  test('an empty prefix', async () => {
    const client = new Redis(server.port);
    const store = new RedisStore({ client, prefix: '', replayCache });
    await store.store('bare', value, TTL);
    await untilKept(server, store, 'bare');
    await server.admin.del('bare');
    await until('the change is heard', async () => (await store.find('bare')) === null);
    await store.close();
    client.disconnect();
  });

  test('without the right to it the store works as without the option, and diagnose says so', async () => {
    const rights = ['on', '>pw', '~*', '&idempotency:*', '+@all', '-client|tracking'];
    await server.admin.call('ACL', 'SETUSER', 'untold', 'reset', ...rights);
    const url = server.url.replace('//', '//untold:pw@');
    await using store = await RedisStore.connect({ url, replayCache });
    await works(store, 'untold');
    const [finding] = (await store.diagnose()).filter(({ code }) => code === 'replay-cache-off');
    expect(finding?.message).toMatch(/NOPERM/);
    expect(finding?.remedy).toMatch(/\+client\|tracking/);
    expect(finding?.server).toBe(`127.0.0.1:${server.port}`);
    await works(store, 'untold, again');

    await using told = await RedisStore.connect({ url: server.url, replayCache });
    expect((await told.diagnose()).map(({ code }) => code)).not.toContain('replay-cache-off');
  });

  test('a Cluster is refused, and options that cannot be', async () => {
    const nodes = [{ host: '127.0.0.1', port: server.port }];
    const clusters = [
      new Cluster(nodes, { lazyConnect: true }),
      createCluster({ rootNodes: [{ url: server.url }] }),
    ];
    const message = expect.stringMatching(/option replayCache must be .*Cluster/);
    for (const client of clusters) {
      expect(() => new RedisStore({ client, replayCache })).toThrow(
        expect.objectContaining({ ...invalid, message }),
      );
    }
    const client = new Redis({ lazyConnect: true });
    const bad: unknown[] = [true, 100, null, {}, { maxBytes: 0 }, { maxBytes: '1' }];
    bad.push({ maxBytes: 1, maxAge: 1 }, { maxBytes: 1, maxEntries: 0.5 });
    bad.push({ maxBytes: 1, maxStaleness: 0 });
    for (const value of bad) {
      const options = { client };
      Reflect.set(options, 'replayCache', value);
      expect(() => new RedisStore(options), JSON.stringify(value)).toThrow(
        expect.objectContaining(invalid),
      );
    }
    expect(() => new RedisStore({ client, replayCache, timeInScripts: false })).toThrow(
      /timeInScripts: false/,
    );
    expect(client.status).toBe('wait');
  });

  test('a URL', () => {
    const { settings } = parseUrl('redis://host?replayCache=1000000&maxStaleness=500');
    expect(settings.replayCache).toEqual({ maxBytes: 1_000_000, maxStaleness: 500 });
    expect(() => parseUrl('redis://host?maxStaleness=500')).toThrow(/without a replayCache/);
  });
});
