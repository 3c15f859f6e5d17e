import { setTimeout as sleep } from 'node:timers/promises';
import { FaultProxy } from '@idem/contract-tests/faults';
import type { IdempotencyStore } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { DURABLE, locateBinary, RedisProcess } from '@idem-workspace/test-servers/redis';
import type { Chance } from '../chance.ts';
import type { Absent, Backend, ServerFault } from './backend.ts';

export const TIMEOUT = 2_000;
/** Half of the 20 ms that the first pause is at most. */
export const REPEATS_AFTER = 9;
/** Forgets at a crash what it had acknowledged in the last second. */
const NOT_DURABLE = ['--appendonly', 'no'];

export const wrongs: readonly string[] = ['not-durable'];

/** One server that writes before it answers. */
export async function start(wrong: string | undefined): Promise<Backend | Absent> {
  const source = locateBinary();
  if (source.kind === 'none') return { absent: source.reason };
  const server = await RedisProcess.start(wrong === 'not-durable' ? NOT_DURABLE : DURABLE);
  const proxy = await FaultProxy.listen({ port: server.port });
  return {
    description: `one redis-server ${wrong === 'not-durable' ? 'without a file' : 'with appendfsync always'}`,
    client: { url: `redis://127.0.0.1:${proxy.port}`, timeout: TIMEOUT },
    isShared: true,
    timeout: TIMEOUT,
    repeatsAfter: REPEATS_AFTER,
    proxies: [proxy],
    faults: {
      'server crashed': crashing(() => server.restart()),
      'server paused': pausing(() => server),
    },
    telling: wrong === 'not-durable' ? 'server crashed' : undefined,
    stop: async () => {
      await proxy.close();
      await server.close();
    },
  };
}

export async function open(client: unknown): Promise<IdempotencyStore> {
  if (!isOptions(client)) throw new TypeError('options of a Redis store were expected');
  return RedisStore.connect(client);
}

/** Stops the whole process (SIGSTOP), as a hypervisor does, or a full machine. */
export function pausing(
  choose: (chance: Chance) => RedisProcess | Promise<RedisProcess>,
): ServerFault {
  return {
    holds: true,
    befall: async (chance) => {
      const pid = await (await choose(chance)).pid();
      process.kill(pid, 'SIGSTOP');
      await sleep(pauseOf(chance));
      process.kill(pid, 'SIGCONT');
    },
  };
}

/** Milliseconds: some are longer than an operation may take. */
export function pauseOf(chance: Chance): number {
  return chance.oneOf(50, 300, 1_000, 2_500);
}

/** What ends a server at once, and every connection to it; nothing that was on its way arrives. */
export function crashing(befall: ServerFault['befall']): ServerFault {
  return { holds: false, befall };
}

function isOptions(client: unknown): client is Parameters<typeof RedisStore.connect>[0] & object {
  return (
    typeof client === 'object' &&
    client !== null &&
    ('url' in client || 'redis' in client || 'cluster' in client)
  );
}
