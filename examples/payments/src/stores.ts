import { type IdempotencyStore, openStore } from '@idem/core';
import { MemoryStore } from '@idem/memory';

/**
 * Opens a client of the store for each server of the demo: the scheme picks the adapter, which is
 * loaded only then.
 */
export function storeOpener(url: string): () => Promise<IdempotencyStore> {
  let memory: MemoryStore | undefined;
  const connectors = {
    memory: async (memoryUrl: string) => {
      memory ??= await MemoryStore.connect(memoryUrl);
      return new MemoryStore({ shareWith: memory });
    },
    redis: connectRedis,
    rediss: connectRedis,
    postgres: connectPostgres,
    postgresql: connectPostgres,
    sqlserver: async (sqlUrl: string) => {
      const { SqlServerStore } = await import('@idem/sqlserver');
      const store = await SqlServerStore.connect(sqlUrl);
      await store.ensureSchema();
      return store;
    },
  };
  return () => openStore(url, connectors);
}

async function connectPostgres(url: string): Promise<IdempotencyStore> {
  const { PostgresStore } = await import('@idem/postgres');
  const store = await PostgresStore.connect(url);
  await store.ensureSchema();
  return store;
}

async function connectRedis(url: string): Promise<IdempotencyStore> {
  const { RedisStore } = await import('@idem/redis');
  return RedisStore.connect(url);
}
