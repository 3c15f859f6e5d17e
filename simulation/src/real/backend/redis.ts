import { findRedis } from '@idem-workspace/test-servers/redis';
import type { Backend } from './backend.ts';

/** A Redis server, or why there is none. Every other seed has stores that wake who waits. */
export async function redisBackend(seed: number): Promise<Backend | { readonly absent: string }> {
  const server = await findRedis();
  if ('absent' in server) return server;
  const wakeUp = seed % 2 === 0;
  const url = new URL(server.url);
  return {
    description: `Redis: ${server.description}, ${wakeUp ? 'with' : 'without'} wake-ups`,
    host: url.hostname,
    port: Number(url.port || 6_379),
    withTransactions: false,
    leases: [300, 500, 1_000],
    storiesAtOnce: 60,
    faultsEvery: 250,
    clientOf: ({ host, port }) => {
      const through = new URL(url);
      through.hostname = host;
      through.port = String(port);
      return { kind: 'redis', url: through.href, wakeUp };
    },
    effectsOf: async () => [],
    stop: () => server.close(),
  };
}
