import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rejection } from './support/expect-code.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';

const token = createToken();
const LEASE = 60_000;
const value = Buffer.from('result');

describeWithServers('what another program wrote under the same prefix', () => {
  let server: RedisProcess;
  let store: RedisStore;
  beforeAll(async () => {
    server = await RedisProcess.start();
    store = await RedisStore.connect(server.url);
  });
  afterAll(async () => {
    await store.close();
    await server.close();
  });

  const plants: Readonly<Record<string, (key: string) => Promise<unknown>>> = {
    'SET key value PX, as hand-written stores do': (key) =>
      server.admin.set(key, '{"status":201}', 'PX', 60_000),
    'an empty string': (key) => server.admin.set(key, ''),
    'a hash': (key) => server.admin.hset(key, 'state', 'completed'),
    'a list': (key) => server.admin.rpush(key, 'x'),
    'text that begins like a record': (key) =>
      server.admin.set(key, 'idem1 done 9999999999999999 nonsense'),
    'a claim whose expiry somebody took away': async (key) => {
      await store.claim(key.slice('idempotency:'.length), { token, lease: LEASE });
      await server.admin.persist(key);
    },
    'a record whose end is missing': async (key) => {
      await store.store(key.slice('idempotency:'.length), value, LEASE);
      const whole = await server.admin.getBuffer(key);
      await server.admin.set(key, whole?.subarray(0, -1) ?? '');
    },
  };

  test.each(Object.entries(plants))(
    '%s is refused by every operation but remove',
    async (name, plant) => {
      const key = `foreign ${name}`;
      await plant(`idempotency:${key}`);
      const calls = [
        store.find(key),
        store.exists(key),
        store.store(key, value, LEASE),
        store.claim(key, { token, lease: LEASE }),
        store.complete(key, token, value, LEASE),
        store.release(key, token),
        store.renew(key, token, LEASE),
        store.inspect(key),
      ];
      for (const call of calls) {
        const error = await rejection(call, 'IDEM_RECORD_CORRUPT');
        expect(error.message).toMatch(/remove\(key\)/);
      }
      await store.remove(key);
      expect(await server.admin.exists(`idempotency:${key}`)).toBe(0);
      expect((await store.claim(key, { token, lease: LEASE })).outcome).toBe('acquired');
    },
  );

  test('a record is one line that an operator can read, then the value', async () => {
    await store.claim('order-42', { token, lease: LEASE, fingerprint: 'sha256-abc' });
    const claim = await server.admin.get('idempotency:order-42');
    expect(claim).toMatch(/^idem1 claimed \d{16} 0 \S{22} sha256-abc\n$/);
    await store.complete('order-42', token, value, LEASE);
    const record = await server.admin.get('idempotency:order-42');
    expect(record).toMatch(/^idem1 done \d{16} \S{22} sha256-abc 6\nresult$/);
  });

  test('Redis clears every record away by itself', async () => {
    await store.claim('held', { token, lease: LEASE });
    const day = 86_400_000;
    const left = await server.admin.pttl('idempotency:held');
    expect(left).toBeGreaterThan(day);
    expect(left).toBeLessThanOrEqual(day + LEASE + 1);
    await store.release('held', token);
    expect(await server.admin.pttl('idempotency:held')).toBeLessThanOrEqual(3_600_000);
    await store.store('stored', value, LEASE);
    expect(await server.admin.pttl('idempotency:stored')).toBeLessThanOrEqual(LEASE);
  });
});
