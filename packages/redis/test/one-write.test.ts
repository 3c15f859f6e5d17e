import type { Socket } from 'node:net';
import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import calculateSlot from 'cluster-key-slot';
import { Cluster, Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { RedisCluster } from './support/cluster.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const LEASE = 60_000;
const value = Buffer.from('result');

/** Counts how often the stream is handed to the system from here on. */
function countWrites(stream: unknown): { count: number } {
  const socket = stream as Socket;
  const writes = { count: 0 };
  for (const name of ['_write', '_writev'] as const) {
    const original: unknown = Reflect.get(socket, name);
    if (typeof original !== 'function') throw new Error(`the socket has no ${name}`);
    Reflect.set(socket, name, (...args: readonly unknown[]) => {
      writes.count += 1;
      return Reflect.apply(original, socket, args);
    });
  }
  return writes;
}

/** Claims and, in the turn of each answer, completes. */
async function pairs(store: RedisStore, keys: readonly string[]): Promise<void> {
  await Promise.all(
    keys.map(async (key) => {
      const token = createToken();
      await store.claim(key, { token, lease: LEASE });
      expect(await store.complete(key, token, value, LEASE)).toBe(true);
    }),
  );
}

describeWithServers('ioredis: the commands of one turn leave in one write', () => {
  test('of one server', async () => {
    await using server = await RedisProcess.start();
    const client = new Redis({ port: server.port });
    const store = new RedisStore({ client });
    await pairs(store, ['warm']);
    const writes = countWrites(client.stream);
    await pairs(
      store,
      Array.from({ length: 64 }, (_, i) => `key ${i}`),
    );
    // The first command of a turn that nothing is in flight for leaves by itself.
    expect(writes.count).toBeLessThan(64);
    client.disconnect();
  });

  test('of each node of a Cluster', async () => {
    const cluster = await RedisCluster.start();
    const client = new Cluster(cluster.masters.map(({ port }) => ({ host: '127.0.0.1', port })));
    const store = new RedisStore({ client });
    const all = Array.from({ length: 600 }, (_, i) => `key ${i}`);
    const keys = all.filter((key) => cluster.masterOf(calculateSlot(`idempotency:${key}`)) === 0);
    await pairs(store, keys.slice(0, 1));
    const owner = client.slots[calculateSlot(`idempotency:${keys[0]}`)]?.[0];
    const node = client
      .nodes('master')
      .find(({ options }) => `${options.host}:${options.port}` === owner);
    const writes = countWrites(node?.stream);
    await pairs(store, keys.slice(1, 65));
    expect(writes.count).toBeLessThan(64);
    client.disconnect();
    await cluster.close();
  });
});
