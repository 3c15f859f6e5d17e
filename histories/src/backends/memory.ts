import type { IdempotencyStore } from '@idem/core';
import { MemoryStore } from '@idem/memory';
import type { Backend } from './backend.ts';

export const wrongs: readonly string[] = [];

export async function start(): Promise<Backend> {
  return {
    description: 'memory, in one process',
    client: null,
    isShared: false,
    timeout: 1_000,
    repeatsAfter: Number.POSITIVE_INFINITY,
    proxies: [],
    faults: {},
    stop: async () => {},
  };
}

export async function open(): Promise<IdempotencyStore> {
  return new MemoryStore({ clock: Date.now });
}
