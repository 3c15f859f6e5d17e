import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openingOf } from '../src/opening.ts';
import { RedisCluster } from './support/cluster.ts';
import { rejection } from './support/expect-code.ts';
import { RedisProcess } from './support/redis-process.ts';
import { SentinelGroup } from './support/sentinels.ts';
import { describeWithServers } from './support/skip.ts';
import { SteeredProxy } from './support/steered-proxy.ts';
import { until } from './support/until.ts';

/** Longer than a test may take: what waits for it does not pass. */
const LONG = 120_000;

describeWithServers('a server that refuses us is reported at once, as what does not pass', () => {
  test('one server: a wrong password, none where one is asked for, and one too many', async () => {
    await using server = await RedisProcess.start();
    await server.ask('ACL', 'SETUSER', 'known', 'on', '>right', '~*', '&*', '+@all');
    for (const credentials of ['known:wrong', 'unknown:right']) {
      const url = server.url.replace('//', `//${credentials}@`);
      const opening = RedisStore.connect({ url, timeout: LONG });
      const error = await rejection(opening, 'IDEM_STORE_FAILED');
      expect(error.retryable).toBe(false);
      expect(error.message).toMatch(/WRONGPASS.*password/);
    }
    await server.ask('CONFIG', 'SET', 'requirepass', 'secret');
    const error = await rejection(
      RedisStore.connect({ url: server.url, timeout: LONG }),
      'IDEM_STORE_FAILED',
    );
    expect(error.message).toMatch(/NOAUTH/);
  });

  test('a server that is no Cluster, by the URL of one', async () => {
    await using server = await RedisProcess.start([]);
    const url = server.url.replace('redis://', 'redis+cluster://').replace('/0', '');
    const error = await rejection(RedisStore.connect({ url, timeout: LONG }), 'IDEM_STORE_FAILED');
    expect(error.retryable).toBe(false);
    expect(error.message).toMatch(/cluster support disabled.*redis:\/\//);
  });

  test('a Cluster', async () => {
    const cluster = await RedisCluster.start();
    const url = cluster.url.replace('//', '//known:wrong@');
    const error = await rejection(RedisStore.connect({ url, timeout: LONG }), 'IDEM_STORE_FAILED');
    expect(error.message).toMatch(/WRONGPASS/);
    await cluster.close();
  });

  test('Sentinel: of the master, and of the sentinel', async () => {
    const group = await SentinelGroup.start();
    for (const url of [
      group.url.replace('//', '//known:wrong@'),
      `${group.url}?sentinelUsername=known&sentinelPassword=wrong`,
    ]) {
      const opening = RedisStore.connect({ url, timeout: LONG });
      const error = await rejection(opening, 'IDEM_STORE_FAILED');
      expect(error.message).toMatch(/WRONGPASS/);
    }
    await group.close();
  });
});

describeWithServers('connect', () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await RedisProcess.start();
  });
  afterAll(() => server.close());

  test('a server that does not say how it keeps records delays nothing beyond the timeout', async () => {
    const silent = (request: string): boolean => request.includes('CONFIG');
    await using proxy = await SteeredProxy.listen(() => server.port, silent);
    const url = `redis://127.0.0.1:${proxy.port}`;
    // Connected within its second at last, on a busy machine too; the question is what takes up the rest of it.
    await until('it has connected', async () => {
      await using store = await RedisStore.connect({ url, timeout: 1_000 });
      return !store.supports.durability.promised;
    });
  });

  test('what is there and undefined leaves what the URL says', () => {
    const url = 'redis://h?prefix=a%3A&timeout=900&replicas=2&replicaTimeout=300&wakeUp=true';
    const said = openingOf(url).settings;
    const none = { prefix: undefined, timeout: undefined, replicas: undefined, wakeUp: undefined };
    expect(openingOf({ url, ...none }).settings).toEqual(said);
    expect(openingOf({ url, timeout: 800 }).settings).toEqual({ ...said, timeout: 800 });
  });

  const refused: readonly (readonly [what: string, options: object])[] = [
    ['a misspelt name', { url: 'redis://h', timeuot: 900 }],
    ['a misspelt name', { url: 'redis://h', replica: { count: 1, timeout: 100 } }],
    ['a misspelt name', { url: 'redis://h', replicas: { count: 1, timeuot: 100 } }],
    ['two places', { url: 'redis://h', redis: { keyPrefix: 'x' } }],
    ['two places', { redis: { host: 'h' }, cluster: { nodes: [{ host: 'h' }] } }],
    ['no place', { timeout: 900 }],
    ['a place that is none', { redis: 'redis://h' }],
    ['a port that is none', { redis: { port: 'x' } }],
    ['a port that is none', { redis: { port: 0 } }],
    ['a host that is none', { redis: { host: 6379 } }],
    ['a database that is none', { redis: { db: -1 } }],
    ['sentinels that are none', { redis: { sentinels: {}, name: 'main' } }],
    ['a sentinel that is none', { redis: { sentinels: ['h'], name: 'main' } }],
    ['a port that is none', { redis: { sentinels: [{ host: 'h', port: 65_536 }], name: 'main' } }],
    ['sentinels of no master', { redis: { sentinels: [{ host: 'h' }] } }],
    ['a Cluster without an address', { cluster: { nodes: [] } }],
    ['a node that is none', { cluster: { nodes: [null] } }],
    ['a port that is none', { cluster: { nodes: [{ host: 'h', port: '7000a' }] } }],
    ['a wake-up that is neither', { url: 'redis://h', wakeUp: 1 }],
    ['a client', { client: new Redis({ lazyConnect: true }) }],
  ];
  test.each(refused)('%s is refused: %o', async (_what, options) => {
    // Through a plain object, as JavaScript does it.
    const connect: (options: never) => Promise<RedisStore> = RedisStore.connect;
    await rejection(Reflect.apply(connect, RedisStore, [options]), 'IDEM_INVALID_OPTIONS');
  });

  test('a port may be the digits of one, as an environment has it', async () => {
    const redis = { host: '127.0.0.1', port: `${server.port}`, db: '0' };
    await using store = await RedisStore.connect({ redis });
    expect(await store.exists('key')).toBe(false);
  });

  test.each([
    ['replica', { replica: { count: 1, timeout: 100 } }],
    ['timeuot', { timeuot: 900 }],
    ['url', { url: 'redis://h' }],
  ])('a store on a client refuses the name %s', (name, options) => {
    const client = new Redis({ lazyConnect: true });
    const open = (): unknown => Reflect.construct(RedisStore, [{ client, ...options }]);
    expect(open).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
    expect(open).toThrow(name);
  });

  test('what is no client is refused', () => {
    for (const client of [undefined, null, {}, 'redis://h', server]) {
      const open = (): unknown => Reflect.construct(RedisStore, [{ client }]);
      expect(open).toThrow(expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }));
    }
  });
});
