import type { IdempotencyStore } from '@idem/core';
import { RedisStore } from '@idem/redis';

/** How another process of the suite opens its client. */
export default async function openStore(): Promise<IdempotencyStore> {
  return RedisStore.connect(process.env['IDEM_REDIS_STORE_URL'] ?? '');
}
