import { setTimeout as sleep } from 'node:timers/promises';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rejection } from './support/expect-code.ts';
import { openWithNodeRedis } from './support/node-redis-store.ts';
import { freePort } from './support/ports.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const LEASE = 60_000;
const value = Buffer.from('result');
const timeout = 400;
/** The longest pause between two attempts, in milliseconds. */
const LONGEST_PAUSE = 250;

interface Opened {
  readonly store: RedisStore;
  close(): Promise<void>;
}

async function owned(opening: Promise<RedisStore>): Promise<Opened> {
  const store = await opening;
  return { store, close: () => store.close() };
}

const clients: Readonly<Record<string, (url: string) => Promise<Opened>>> = {
  'a connection of our own': (url) => owned(RedisStore.connect({ url, timeout })),
  'node-redis': (url) => owned(openWithNodeRedis(url, { timeout })),
  ioredis: async (url) => {
    const client = new Redis(url);
    client.on('error', () => {});
    return {
      store: new RedisStore({ client, timeout }),
      close: async () => client.disconnect(),
    };
  },
};

describeWithServers('what was not sent by the deadline is never sent', () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await RedisProcess.start();
  });
  afterAll(() => server.close());

  for (const [name, open] of Object.entries(clients)) {
    test(`${name}: the text of a script that the server says too late not to know`, async () => {
      const { store, close } = await open(server.url);
      await store.store('kept', value, LEASE);
      await server.admin.script('FLUSH');
      await server.admin.config('RESETSTAT');
      const pid = await server.pid();
      process.kill(pid, 'SIGSTOP');
      try {
        await rejection(store.remove('kept'), 'IDEM_STORE_TIMEOUT');
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      // What comes after it on the same connection: the answer to what was late is there before.
      expect(await store.exists('kept')).toBe(true);
      expect(await store.exists('kept')).toBe(true);
      await close();
    });

    test(`${name}: the next attempt, when the pause before it outlasts the deadline`, async () => {
      const { store, close } = await open(server.url);
      const keys = Array.from({ length: 20 }, (_, i) => `kept ${i}`);
      for (const key of keys) await store.store(key, value, LEASE);
      await server.admin.replicaof('127.0.0.1', await freePort());
      // The first fault comes late, so that what follows it reaches beyond the deadline.
      const pid = await server.pid();
      process.kill(pid, 'SIGSTOP');
      const removals = keys.map((key) => store.remove(key).catch((error: unknown) => error));
      await sleep((3 * timeout) / 4);
      process.kill(pid, 'SIGCONT');
      const outcomes = await Promise.all(removals);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ retryable: true });
      await server.admin.replicaof('NO', 'ONE');
      await sleep(LONGEST_PAUSE);
      const kept = keys.map((key) => `idempotency:${key}`);
      expect(await server.admin.exists(...kept)).toBe(keys.length);
      await close();
    });
  }
});
