import { FaultProxy } from '@idem/contract-tests/faults';
import { locateBinary, RedisCluster, type RedisProcess } from '@idem-workspace/test-servers/redis';
import type { Chance } from '../chance.ts';
import type { Absent, Backend } from './backend.ts';
import { crashing, pausing, REPEATS_AFTER, TIMEOUT } from './redis.ts';

export { open } from './redis.ts';

export const wrongs: readonly string[] = [];

/** Three masters, each with a replica that acknowledges every claim and completion; none fails over by itself. */
export async function start(): Promise<Backend | Absent> {
  const source = locateBinary();
  if (source.kind === 'none') return { absent: source.reason };
  const cluster = await RedisCluster.start({ replicas: 1 });
  const servers = [...cluster.masters, ...cluster.replicas];
  const proxies = await Promise.all(servers.map(({ port }) => FaultProxy.listen({ port })));
  const natMap = Object.fromEntries(
    servers.map(({ port }, i) => [
      `127.0.0.1:${port}`,
      { host: '127.0.0.1', port: proxies[i]?.port },
    ]),
  );
  const nodes = cluster.masters.map(({ port }) => ({ host: '127.0.0.1', port }));
  return {
    description: 'a Cluster of three masters, each with a replica, with replicas',
    client: {
      cluster: { nodes, options: { natMap } },
      timeout: TIMEOUT,
      replicas: { count: 1, timeout: TIMEOUT / 2 },
    },
    isShared: true,
    timeout: TIMEOUT,
    repeatsAfter: REPEATS_AFTER,
    proxies,
    faults: {
      'server crashed': crashing((chance) => any(cluster.masters, chance).restart()),
      'server paused': pausing((chance) => any(cluster.masters, chance)),
      'replica paused': pausing((chance) => any(cluster.replicas, chance)),
    },
    stop: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()));
      await cluster.close();
    },
  };
}

function any(servers: readonly RedisProcess[], chance: Chance): RedisProcess {
  const [first, ...others] = servers;
  if (first === undefined) throw new Error('The cluster has no servers.');
  return chance.oneOf(first, ...others);
}
