import { createToken, type IdempotencyStore } from '@idem/core';
import { RedisStore, type RedisStoreSettings } from '@idem/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asked, isKept, untilKept } from './support/kept.ts';
import { openWithNodeRedis } from './support/node-redis-store.ts';
import { PATIENT_TIMEOUT } from './support/patience.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';
import { until } from './support/until.ts';

const TTL = 600_000;
const value = Buffer.from([0, 255, 13, 10, 195, 40]);
/** So long that only what the server tells can be why something is not answered any more. */
const PATIENT = { maxBytes: 1_000_000, maxStaleness: 600_000 };

const clients: Readonly<
  Record<string, (url: string, settings: RedisStoreSettings) => Promise<RedisStore>>
> = {
  ioredis: (url, settings) => RedisStore.connect({ url, timeout: PATIENT_TIMEOUT, ...settings }),
  'node-redis': (url, settings) =>
    openWithNodeRedis(url, { timeout: PATIENT_TIMEOUT, ...settings }),
};

/** What makes another client's record something else, or nothing. */
const changes: Readonly<
  Record<string, (server: RedisProcess, other: IdempotencyStore, key: string) => Promise<unknown>>
> = {
  removed: (_, other, key) => other.remove(key),
  replaced: (_, other, key) => other.store(key, Buffer.from('another'), TTL),
  'deleted by hand': ({ admin }, _, key) => admin.del(`idempotency:${key}`),
  damaged: ({ admin }, _, key) => admin.append(`idempotency:${key}`, 'x'),
  'gone with all others (FLUSHALL)': ({ admin }) => admin.flushall(),
};

describeWithServers('a replay that asks nobody', () => {
  let server: RedisProcess;
  let other: RedisStore;
  beforeAll(async () => {
    server = await RedisProcess.start([]);
    other = new RedisStore({ client: server.admin });
  });
  afterAll(() => server.close());

  for (const [name, open] of Object.entries(clients)) {
    test(`${name}: what is completed is answered as the server answers it`, async () => {
      await using store = await open(server.url, { replayCache: PATIENT });
      const [key, token, fingerprint] = [`${name} é {x}`, createToken(), 'f1'];
      await other.claim(key, { token, lease: TTL, fingerprint });
      await other.complete(key, token, value, TTL);
      await untilKept(server, store, key);

      const before = await asked(server);
      const found = await store.find(key);
      expect(found).toEqual(new Uint8Array(value));
      found?.fill(7);
      const stranger = { token: createToken(), lease: TTL };
      const replay = await store.claim(key, stranger);
      expect(replay).toEqual({ outcome: 'completed', value: new Uint8Array(value), fingerprint });
      if (replay.outcome === 'completed') replay.value.fill(8);
      expect(await store.claim(key, { token, lease: TTL })).toEqual(
        await other.claim(key, stranger),
      );
      expect(await store.exists(key)).toBe(true);
      // The other's own.
      expect((await asked(server)) - before).toBe(1);
      expect(await store.inspect(key)).toMatchObject({ state: 'completed' });
      expect(await store.complete(key, token, value, TTL)).toBe(true);
      expect(await store.release(key, token)).toBe(false);
    });

    test.each(Object.entries(changes))(`${name}: one that is %s is not`, async (how, change) => {
      await using store = await open(server.url, { replayCache: PATIENT });
      const key = `${name} ${how}`;
      await other.store(key, value, TTL);
      await untilKept(server, store, key);
      await change(server, other, key);
      const now = await other.find(key).catch((error: unknown) => String(error));
      await until('the change is seen', async () => {
        const seen = await store.find(key).catch((error: unknown) => String(error));
        return JSON.stringify(seen) === JSON.stringify(now);
      });
      expect(JSON.stringify(now)).not.toBe(JSON.stringify(new Uint8Array(value)));
    });

    test(`${name}: what the store itself changed is not, from then on`, async () => {
      await using store = await open(server.url, { replayCache: PATIENT });
      const key = `${name} its own`;
      for (let round = 0; round < 20; round += 1) {
        await store.store(key, Buffer.of(round), TTL);
        expect(await store.find(key)).toEqual(Uint8Array.of(round));
        if (round % 4 === 0) await untilKept(server, store, key);
        await store.remove(key);
        expect(await store.find(key)).toBeNull();
        expect(await store.exists(key)).toBe(false);
        const claim = { token: createToken(), lease: TTL };
        expect(await store.claim(key, claim)).toMatchObject({ outcome: 'acquired' });
        expect(await store.complete(key, claim.token, Buffer.of(255), TTL)).toBe(true);
        expect(await store.find(key)).toEqual(Uint8Array.of(255));
      }
    });

    test.each(['find', 'claim'] as const)(
      `${name}: one that %s has read and that has ended is not, though the server still has it`,
      async (by) => {
        await using store = await open(server.url, { replayCache: PATIENT });
        const key = `${name} ended, by ${by}`;
        const pid = await server.pid();
        const ttl = 700;
        let ends = 0;
        await until('the server stands still while one is kept', async () => {
          const begun = Date.now();
          await other.store(key, value, ttl);
          ends = Date.now() + ttl;
          let kept = false;
          while (!kept && Date.now() < begun + ttl) kept = await isKept(server, store, key, by);
          if (!kept) return false;
          process.kill(pid, 'SIGSTOP');
          if (Date.now() < begun + ttl) return true;
          process.kill(pid, 'SIGCONT');
          return false;
        });
        const answers: Promise<unknown>[] = [store.find(key), store.exists(key)];
        await until('it has ended', () => Date.now() > ends + 1);
        answers.push(store.find(key), store.exists(key));
        process.kill(pid, 'SIGCONT');
        expect(await Promise.all(answers)).toEqual([new Uint8Array(value), true, null, false]);
      },
    );

    test(`${name}: nothing is when the connection that is told of changes is lost`, async () => {
      await using store = await open(server.url, { replayCache: PATIENT });
      const keys = [0, 1, 2].map((i) => `${name} lost ${i}`);
      for (const key of keys) await other.store(key, value, TTL);
      for (const key of keys) await untilKept(server, store, key);
      await server.admin
        .multi()
        .client('KILL', 'TYPE', 'PUBSUB')
        .del(keys.map((key) => `idempotency:${key}`))
        .exec();
      await until('none is answered', async () =>
        (await Promise.all(keys.map((key) => store.find(key)))).every((found) => found === null),
      );
      // And again, when there is another such connection.
      await other.store(`${name} later`, value, TTL);
      await untilKept(server, store, `${name} later`);
    });

    test(`${name}: one connection more, which tells of nothing after close`, async () => {
      const store = await open(server.url, { replayCache: PATIENT });
      const key = `${name} closed`;
      await other.store(key, value, TTL);
      const trackers = async (): Promise<number> =>
        String(await server.admin.client('LIST', 'TYPE', 'PUBSUB')).split('\n').length - 1;
      expect(await trackers()).toBe(0);
      await untilKept(server, store, key);
      expect(await trackers()).toBe(1);
      await store.close();
      await until('it is gone', async () => (await trackers()) === 0);
    });
  }

  test('only as many are kept as the option allows, and none that is too large', async () => {
    const replayCache = { ...PATIENT, maxBytes: 100_000, maxEntries: 3 };
    await using store = await RedisStore.connect({ url: server.url, replayCache });
    const keys = Array.from({ length: 6 }, (_, i) => `many ${i}`);
    for (const key of keys) await other.store(key, value, TTL);
    await other.store('large', Buffer.alloc(100_000), TTL);
    await untilKept(server, store, 'many 0');
    for (const key of [...keys, 'large']) await store.find(key);
    const kept = [];
    // From the newest on, for a look at one that is not there lets another go.
    for (const key of [...keys.toReversed(), 'large']) {
      if (await isKept(server, store, key)) kept.push(key);
    }
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThanOrEqual(3);
    expect(kept).not.toContain('large');
  });

  test('a server that comes back without its data', async () => {
    await using forgetful = await RedisProcess.start([]);
    await using store = await RedisStore.connect({
      ...{ url: forgetful.url, replayCache: PATIENT, timeout: PATIENT_TIMEOUT },
    });
    await store.store('key', value, TTL);
    await untilKept(forgetful, store, 'key');
    await forgetful.restart();
    await until('nothing is answered', async () => (await store.find('key')) === null);
  });
});
