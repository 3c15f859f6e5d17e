import { setTimeout as sleep } from 'node:timers/promises';
import { type RedisClient, RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openClient } from '../src/connect.ts';
import { rejection } from './support/expect-code.ts';
import { PATIENT_TIMEOUT } from './support/patience.ts';
import { freePort } from './support/ports.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const LEASE = 60_000;
const value = Buffer.from('result');
const timeout = 400;
/** The longest pause between two attempts, in milliseconds. */
const LONGEST_PAUSE = 250;

interface Opened {
  readonly client: RedisClient;
  close(): void;
}

const clients: Readonly<Record<string, (url: string) => Promise<Opened>>> = {
  'a connection of our own': (url) => openClient({ url, timeout: PATIENT_TIMEOUT }),
  'node-redis': async (url) => {
    const client = createClient({ url, socket: { reconnectStrategy: 20 } });
    client.on('error', () => {});
    await client.connect();
    return { client, close: () => client.destroy() };
  },
  ioredis: async (url) => {
    const client = new Redis(url);
    client.on('error', () => {});
    return { client, close: () => client.disconnect() };
  },
};

/** Two stores on one connection: one whose deadline is soon over, and one for all that is no question of time. */
function storesOn(client: RedisClient): { store: RedisStore; patient: RedisStore } {
  return {
    store: new RedisStore({ client, timeout }),
    patient: new RedisStore({ client, timeout: PATIENT_TIMEOUT }),
  };
}

describeWithServers('what was not sent by the deadline is never sent', () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await RedisProcess.start();
  });
  afterAll(() => server.close());

  for (const [name, open] of Object.entries(clients)) {
    test(`${name}: the text of a script that the server says too late not to know`, async () => {
      const { client, close } = await open(server.url);
      const { store, patient } = storesOn(client);
      await patient.store('kept', value, LEASE);
      await patient.remove('another');
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
      expect(await patient.exists('kept')).toBe(true);
      expect(await patient.exists('kept')).toBe(true);
      close();
    });

    test(`${name}: the next attempt, when the pause before it outlasts the deadline`, async () => {
      const { client, close } = await open(server.url);
      const { store, patient } = storesOn(client);
      const keys = Array.from({ length: 20 }, (_, i) => `kept ${i}`);
      for (const key of keys) await patient.store(key, value, LEASE);
      await server.admin.replicaof('127.0.0.1', await freePort());
      // The first fault comes late, so that what follows it reaches beyond the deadline.
      const pid = await server.pid();
      process.kill(pid, 'SIGSTOP');
      const removals = keys.map((key) => store.remove(key).catch((error: unknown) => error));
      await sleep((3 * timeout) / 4);
      process.kill(pid, 'SIGCONT');
      const outcomes = await Promise.all(removals);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ retryable: true });
      // What was sent in time is answered before this, and finds a replica still.
      await patient.exists('kept');
      await server.admin.replicaof('NO', 'ONE');
      await sleep(LONGEST_PAUSE);
      const kept = keys.map((key) => `idempotency:${key}`);
      expect(await server.admin.exists(...kept)).toBe(keys.length);
      close();
    });
  }
});
