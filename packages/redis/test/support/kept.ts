import type { IdempotencyStore } from '@idem/core';
import type { RedisProcess } from './redis-process.ts';
import { until } from './until.ts';

/** How often the server was asked for a record: only `find` and `claim` send GET, in their scripts. */
export async function asked(server: RedisProcess): Promise<number> {
  const stats = await server.admin.info('commandstats');
  return Number(/cmdstat_get:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

/** True when `find` answers the value without asking the server. */
export async function isKept(
  server: RedisProcess,
  store: IdempotencyStore,
  key: string,
): Promise<boolean> {
  const before = await asked(server);
  const found = await store.find(key);
  return found !== null && (await asked(server)) === before;
}

/** Replays the record until it is answered from the store's cache. */
export async function untilKept(
  server: RedisProcess,
  store: IdempotencyStore,
  key: string,
): Promise<void> {
  await until(`${key} is kept`, () => isKept(server, store, key));
}
