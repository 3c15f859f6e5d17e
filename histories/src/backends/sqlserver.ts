import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from '@idem/contract-tests/faults';
import type { IdempotencyStore } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import {
  findServer,
  isBabelfish,
  type TestServer,
  urlOf,
} from '@idem-workspace/test-servers/sqlserver';
import { type Absent, type Backend, type Pace, type ServerFault, usualPace } from './backend.ts';
import { pauseOf } from './redis.ts';

const TIMEOUT = 5_000;
/**
 * Babelfish compiles what a session sends first, for seconds of a whole processor, and a request that is
 * given up costs the session: with shorter deadlines and more sessions, none is ever warm after a fault.
 */
const PATIENT = 30_000;
const PATIENT_PACE: Pace = { lanes: 2, faultsEvery: 15_000, prompt: 10_000, grace: 10_000 };
const FEW_SESSIONS = 2;
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
  const isSlow = await isBabelfish(server);
  const [timeout, pace] = isSlow ? [PATIENT, PATIENT_PACE] : [TIMEOUT, usualPace];
  const address = { ...server, host: proxy.host, port: proxy.port };
  return {
    description: `SQL Server: ${server.description}`,
    client: urlOf(address, table, { timeout, ...(isSlow && { poolSize: FEW_SESSIONS }) }),
    isShared: true,
    timeout,
    repeatsAfter: REPEATS_AFTER,
    // Babelfish, and with READ_COMMITTED_SNAPSHOT a SQL Server.
    looksPastWriters: true,
    pace,
    proxies: [proxy],
    faults: faultsOf(server),
    stop: async () => {
      await proxy.close();
      await server.stop();
    },
  };
}

function faultsOf({ restart, pause }: TestServer): Record<string, ServerFault> {
  return {
    ...(typeof restart === 'function' && {
      'server crashed': { holds: false, befall: () => restart() },
    }),
    ...(pause !== undefined && { 'server paused': holding(pause) }),
  };
}

function holding(pause: () => Promise<() => void>): ServerFault {
  return {
    holds: true,
    befall: async (chance) => {
      const resume = await pause();
      await sleep(pauseOf(chance));
      resume();
    },
  };
}

export async function open(client: unknown): Promise<IdempotencyStore> {
  return SqlServerStore.connect(String(client));
}
