import type { IdempotencyStore } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { openWithNodeRedis } from './node-redis-store.ts';
import { PATIENT_TIMEOUT } from './patience.ts';
import { openSettling } from './settling-store.ts';

/** How another process of the suite opens its client. */
export default async function openStore(): Promise<IdempotencyStore> {
  const url = process.env['IDEM_REDIS_STORE_URL'] ?? '';
  const name = process.env['IDEM_REDIS_STORE_CLIENT'] === 'node-redis' ? 'node-redis' : 'ioredis';
  if (process.env['IDEM_REDIS_STORE_REPLAYS'] === 'yes') return openSettling(url, name);
  if (name === 'node-redis') {
    return openWithNodeRedis(url, { timeout: PATIENT_TIMEOUT });
  }
  return RedisStore.connect({ url, timeout: PATIENT_TIMEOUT });
}
