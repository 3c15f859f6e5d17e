import { setTimeout as sleep } from 'node:timers/promises';
import type { OperationOptions } from '@idem/core';
import { RedisStore, type RedisStoreOptions } from '@idem/redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { PATIENT_TIMEOUT } from './patience.ts';

/** Milliseconds for which others may still answer what was removed or replaced. */
export const MAX_STALENESS = 40;

export const REPLAY_CACHE = { maxBytes: 64 * 1024 * 1024, maxStaleness: MAX_STALENESS };

/**
 * A store with a replay cache that has removed or replaced a record when no other store answers the
 * old one any more: what the rules of the contract say holds for it without an exception.
 */
export class SettlingStore extends RedisStore {
  readonly #end: () => void;

  /** @param end ends the client */
  constructor(options: Omit<RedisStoreOptions, 'replayCache'>, end: () => void) {
    super({ ...options, replayCache: REPLAY_CACHE });
    this.#end = end;
  }

  override async store(
    key: string,
    value: Uint8Array,
    ttl: number,
    options?: OperationOptions,
  ): Promise<void> {
    await super.store(key, value, ttl, options);
    await sleep(MAX_STALENESS);
  }

  override async remove(key: string, options?: OperationOptions): Promise<void> {
    await super.remove(key, options);
    await sleep(MAX_STALENESS);
  }

  override async close(): Promise<void> {
    await super.close();
    this.#end();
  }
}

/** Opens one server. */
export async function openSettling(
  url: string,
  name: 'ioredis' | 'node-redis',
): Promise<SettlingStore> {
  const options = { wakeUp: true, timeout: PATIENT_TIMEOUT };
  if (name === 'ioredis') {
    const client = new Redis(url);
    client.on('error', () => {});
    return listening(new SettlingStore({ client, ...options }, () => client.disconnect()));
  }
  const client = createClient({ url, socket: { reconnectStrategy: 20 } });
  client.on('error', () => {});
  await client.connect();
  return listening(new SettlingStore({ client, ...options }, () => client.destroy()));
}

/** Keeps what it reads from the first record on: `diagnose` sees to it that changes are heard. */
async function listening(store: SettlingStore): Promise<SettlingStore> {
  await store.diagnose();
  return store;
}
