import { RedisContainer } from '@testcontainers/redis';
import { locate, type Source } from './locate.ts';
import { DURABLE, RedisProcess } from './redis-process.ts';

/** One Redis server that the tests may use. */
export interface RedisServer {
  readonly description: string;
  readonly url: string;
  /** Kills it and starts it again, keeping what it stored; only for a process of our own. */
  readonly restart?: () => Promise<void>;
  close(): Promise<void>;
}

/** The server of the URL, one in Docker, or a process of our own; or why there is none. */
export async function findRedis(): Promise<RedisServer | { readonly absent: string }> {
  const source = locate();
  return source.kind === 'none' ? { absent: source.reason } : startRedis(source);
}

export async function startRedis(
  source: Exclude<Source, { readonly kind: 'none' }>,
): Promise<RedisServer> {
  switch (source.kind) {
    case 'url':
      return { description: 'one server, by URL', url: source.url, close: async () => {} };
    case 'docker':
      return startContainer();
    case 'binary': {
      const server = await RedisProcess.start();
      return {
        description: 'one server',
        url: server.url,
        restart: () => server.restart(),
        close: () => server.close(),
      };
    }
  }
}

async function startContainer(): Promise<RedisServer> {
  const container = await new RedisContainer('redis:8')
    .withCommand(['redis-server', ...DURABLE])
    .start();
  return {
    description: 'one server, in Docker',
    url: container.getConnectionUrl(),
    close: async () => {
      await container.stop();
    },
  };
}
