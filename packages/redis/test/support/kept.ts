import { createToken, type IdempotencyStore } from '@idem/core';
import type { RedisProcess } from './redis-process.ts';
import { until } from './until.ts';

/** How often the server was asked for a record: only `find` and `claim` send GET, in their scripts. */
export async function asked(server: RedisProcess): Promise<number> {
  const stats = await server.admin.info('commandstats');
  return Number(/cmdstat_get:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

/** True when `find`, or a stranger's claim, answers the result without asking the server. */
export async function isKept(
  server: RedisProcess,
  store: IdempotencyStore,
  key: string,
  by: 'find' | 'claim' = 'find',
): Promise<boolean> {
  const before = await asked(server);
  const claim = { token: createToken(), lease: 1 };
  const found =
    by === 'find'
      ? (await store.find(key)) !== null
      : (await store.claim(key, claim)).outcome === 'completed';
  return found && (await asked(server)) === before;
}

/** Replays the record until it is answered from the store's cache. */
export async function untilKept(
  server: RedisProcess,
  store: IdempotencyStore,
  key: string,
): Promise<void> {
  await until(`${key} is kept`, () => isKept(server, store, key));
}
