import { randomBytes } from 'node:crypto';
import { FaultProxy } from '@idem/contract-tests/faults';
import type { IdempotencyStore } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { findServer, urlOf } from '@idem-workspace/test-servers/sqlserver';
import type { Absent, Backend, ServerFault } from './backend.ts';

const TIMEOUT = 5_000;
/** Half of the 10 ms that the first pause is at most. */
const REPEATS_AFTER = 4;

export const wrongs: readonly string[] = [];

/** A TDS server of our own, with a table of its own. */
export async function start(): Promise<Backend | Absent> {
  const server = await findServer();
  if ('absent' in server) return server;
  const table = `Idem_${randomBytes(6).toString('hex')}`;
  await using schema = await SqlServerStore.connect(urlOf(server, table, { timeout: 60_000 }));
  await schema.ensureSchema();
  const proxy = await FaultProxy.listen({ host: server.host, port: server.port });
  const { restart } = server;
  const faults: Record<string, ServerFault> =
    typeof restart === 'function'
      ? { 'server crashed': { holds: false, befall: () => restart() } }
      : {};
  return {
    description: `SQL Server: ${server.description}`,
    client: urlOf({ ...server, host: proxy.host, port: proxy.port }, table, { timeout: TIMEOUT }),
    isShared: true,
    timeout: TIMEOUT,
    repeatsAfter: REPEATS_AFTER,
    proxies: [proxy],
    faults,
    stop: async () => {
      await proxy.close();
      await server.stop();
    },
  };
}

export async function open(client: unknown): Promise<IdempotencyStore> {
  return SqlServerStore.connect(String(client));
}
