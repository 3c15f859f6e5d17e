import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from '@idem/contract-tests/faults';
import type { IdempotencyStore } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import {
  PostgresCluster,
  postgresBinaries,
  type Settings,
} from '@idem-workspace/test-servers/postgres';
import type { Absent, Backend, ServerFault } from './backend.ts';
import { crashing, pauseOf } from './redis.ts';

export const TIMEOUT = 2_000;
/** Half of the 10 ms that the first pause is at most. */
export const REPEATS_AFTER = 4;

const NONE = 'no PostgreSQL: neither /usr/lib/postgresql nor PATH has its binaries';

/** Answers before the log is written: a crash loses the last moments. */
const ASYNCHRONOUS: Settings = { synchronous_commit: 'off' };

export const wrongs: readonly string[] = ['asynchronous-commit', 'unlogged'];

/** One server that writes before it answers. */
export async function start(wrong: string | undefined): Promise<Backend | Absent> {
  if (postgresBinaries() === undefined) return { absent: NONE };
  const settings = wrong === 'asynchronous-commit' ? ASYNCHRONOUS : {};
  const cluster = await PostgresCluster.start({ settings });
  await makeSchema(cluster);
  if (wrong === 'unlogged') {
    for (const { name } of await cluster.query<{ name: string }>(TABLES)) {
      await cluster.query(`ALTER TABLE ${name} SET UNLOGGED`);
    }
  }
  const proxy = await FaultProxy.listen({ port: cluster.port });
  return {
    description: `PostgreSQL ${cluster.binaries.version}${wrong === undefined ? '' : `, ${wrong}`}`,
    client: urlThrough(proxy, cluster),
    isShared: true,
    timeout: TIMEOUT,
    repeatsAfter: REPEATS_AFTER,
    looksPastWriters: true,
    proxies: [proxy],
    faults: faultsOf(() => cluster),
    telling: wrong === undefined ? undefined : 'server crashed',
    stop: async () => {
      await proxy.close();
      await cluster.close();
    },
  };
}

export async function open(client: unknown): Promise<IdempotencyStore> {
  return PostgresStore.connect(String(client), { timeout: TIMEOUT });
}

/** What may befall the server that answers now. */
export function faultsOf(now: () => PostgresCluster): Record<string, ServerFault> {
  return {
    'server crashed': crashing(() => now().restart()),
    'server shut down at once': crashing(async () => {
      const cluster = now();
      await cluster.abort();
      await cluster.run();
    }),
    'server paused': holding(now),
    // A statement that has been committed is not taken back.
    'sessions terminated': crashing(async () => {
      await now().query(TERMINATE);
    }),
  };
}

/** Stops all processes of a server (SIGSTOP), as a hypervisor does, or a full machine. */
export function holding(choose: () => PostgresCluster): ServerFault {
  return {
    holds: true,
    befall: async (chance) => {
      const cluster = choose();
      await cluster.pause();
      await sleep(pauseOf(chance));
      await cluster.resume();
    },
  };
}

export async function makeSchema(cluster: PostgresCluster): Promise<void> {
  await using store = await PostgresStore.connect(cluster.url, { timeout: 60_000 });
  await store.ensureSchema();
}

export function urlThrough({ host, port }: FaultProxy, cluster: PostgresCluster): string {
  const url = new URL(cluster.url);
  url.host = `${host}:${port}`;
  return url.href;
}

const TERMINATE = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`;

const TABLES = `SELECT oid::regclass::text AS name FROM pg_class
  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`;
