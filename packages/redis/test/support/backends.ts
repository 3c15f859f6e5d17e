import { FaultProxy } from '@idem/contract-tests/faults';
import { RedisStore } from '@idem/redis';
import { startRedis } from '@idem-workspace/test-servers/redis';
import { Cluster, Redis } from 'ioredis';
import { RedisCluster } from './cluster.ts';
import { type Backend, TIMEOUT } from './harness.ts';
import type { Source } from './locate.ts';
import { openWithNodeRedis } from './node-redis-store.ts';
import type { RedisProcess } from './redis-process.ts';
import { SentinelGroup } from './sentinels.ts';

/** One server: the one of the URL, one in Docker, or a process of our own. */
export async function standalone(
  source: Exclude<Source, { readonly kind: 'none' }>,
): Promise<Backend> {
  const { description, url, restart, close } = await startRedis(source);
  const backend = await single(description, url, close);
  return restart === undefined ? backend : { ...backend, restart };
}

async function single(name: string, url: string, close: () => Promise<void>): Promise<Backend> {
  const { hostname, port } = new URL(url);
  const proxy = await FaultProxy.listen({ host: hostname, port: Number(port || 6379) });
  const admin = quiet(new Redis(url, { maxRetriesPerRequest: null }));
  return {
    name,
    url,
    admin,
    proxies: [proxy],
    openThroughProxies: (client) => {
      const through = new URL(url);
      through.host = `${proxy.host}:${proxy.port}`;
      if (client === 'node-redis') return openWithNodeRedis(through.href, { timeout: TIMEOUT });
      return RedisStore.connect({ url: through, timeout: TIMEOUT });
    },
    close: async () => {
      admin.disconnect();
      await proxy.close();
      await close();
    },
  };
}

/** Three masters. */
export async function cluster(): Promise<Backend> {
  const servers = await RedisCluster.start();
  const { proxies, natMap } = await proxiesFor(servers.masters);
  const admin = quiet(
    new Cluster(servers.masters.map(({ port }) => ({ host: '127.0.0.1', port }))),
  );
  return {
    name: 'Cluster of three masters',
    url: servers.url,
    admin,
    restart: () => servers.restart(),
    proxies,
    openThroughProxies: (client) => {
      if (client === 'node-redis') {
        return openWithNodeRedis(servers.url, { timeout: TIMEOUT }, natMap);
      }
      const nodes = proxies.map(({ host, port }) => ({ host, port }));
      return RedisStore.connect({ cluster: { nodes, options: { natMap } }, timeout: TIMEOUT });
    },
    close: async () => {
      admin.disconnect();
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await servers.close();
    },
  };
}

/** A master and its replica under Sentinel. */
export async function sentinel(): Promise<Backend> {
  const group = await SentinelGroup.start();
  const { proxies, natMap } = await proxiesFor(group.servers);
  const sentinels = [{ host: '127.0.0.1', port: group.sentinel.port }];
  const admin = quiet(new Redis({ sentinels, name: 'main', maxRetriesPerRequest: null }));
  return {
    name: 'master and replica under Sentinel',
    url: group.url,
    admin,
    restart: () => group.restart(),
    proxies,
    openThroughProxies: (client) => {
      if (client === 'node-redis') {
        return openWithNodeRedis(group.url, { timeout: TIMEOUT }, natMap);
      }
      return RedisStore.connect({ redis: { sentinels, name: 'main', natMap }, timeout: TIMEOUT });
    },
    close: async () => {
      admin.disconnect();
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await group.close();
    },
  };
}

/** The test's own clients live through restarts, and say nothing about it. */
function quiet<Client extends Redis | Cluster>(client: Client): Client {
  client.on('error', () => {});
  return client;
}

async function proxiesFor(servers: readonly RedisProcess[]): Promise<{
  proxies: readonly FaultProxy[];
  natMap: Record<string, { host: string; port: number }>;
}> {
  const proxies = await Promise.all(servers.map(({ port }) => FaultProxy.listen({ port })));
  const natMap = Object.fromEntries(
    proxies.map(({ host, port }, i) => [`127.0.0.1:${servers[i]?.port}`, { host, port }]),
  );
  return { proxies, natMap };
}
