import { findPostgres } from '@idem-workspace/test-servers/postgres';
import { findRedis } from '@idem-workspace/test-servers/redis';
import { findServer, urlOf } from '@idem-workspace/test-servers/sqlserver';

export type Server = { readonly url: string } | { readonly absent: string };

export interface TestServers {
  url(name: ServerName): Server;
  stop(): Promise<void>;
}

type ServerName = 'REDIS_URL' | 'SQLSERVER_URL' | 'POSTGRES_URL';
type Started = Server & { stop?(): Promise<void> };

const starters: Readonly<Record<ServerName, () => Promise<Started>>> = {
  POSTGRES_URL: startPostgres,
  REDIS_URL: startRedis,
  SQLSERVER_URL: startSqlServer,
};

/** Starts a private server for each name that is asked for, as the adapters' own tests do. */
export async function startServers(names: readonly ServerName[]): Promise<TestServers> {
  const servers = new Map<ServerName, Started>();
  for (const name of new Set(names)) servers.set(name, await starters[name]());
  return {
    url: (name) => servers.get(name) ?? { absent: `${name} was not asked for` },
    stop: async () => {
      await Promise.all([...servers.values()].map((server) => server.stop?.()));
    },
  };
}

async function startRedis(): Promise<Started> {
  const server = await findRedis();
  if ('absent' in server) return server;
  return { url: server.url, stop: () => server.close() };
}

async function startPostgres(): Promise<Started> {
  const server = await findPostgres();
  if ('absent' in server) return server;
  return { url: server.url, stop: () => server.close() };
}

async function startSqlServer(): Promise<Started> {
  const server = await findServer();
  if ('absent' in server) return server;
  // The table that the pages' own queries name.
  return { url: urlOf(server, 'IdempotencyStore'), stop: () => server.stop() };
}
