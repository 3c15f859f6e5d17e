import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rejection } from './support/expect-code.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';
import { until } from './support/until.ts';

const LEASE = 60_000;

describeWithServers('a server that refuses TIME', () => {
  let server: RedisProcess;
  let store: RedisStore;
  beforeAll(async () => {
    server = await RedisProcess.start([]);
    await server.ask('ACL', 'SETUSER', 'app', 'on', '>pw', '~*', '&*', '+@all', '-time');
    const url = server.url.replace('//', '//app:pw@');
    store = await RedisStore.connect({ url, timeInScripts: false });
  });
  afterAll(async () => {
    await store.close();
    await server.close();
  });

  test('is told of, without the option', async () => {
    const url = server.url.replace('//', '//app:pw@');
    await using other = await RedisStore.connect(url);
    const claim = other.claim('key', { token: createToken(), lease: LEASE });
    const { message } = await rejection(claim, 'IDEM_STORE_FAILED');
    expect(message).toMatch(/\+time/);
  });

  test('gives fences of its time, that rise whatever became of the claims before', async () => {
    const [seconds] = await server.admin.time();
    const fences: number[] = [];
    const claim = async (lease: number): Promise<string> => {
      const token = createToken();
      const result = await store.claim('fenced', { token, lease });
      if (result.outcome !== 'acquired') throw new Error(result.outcome);
      fences.push(result.fence);
      return token;
    };
    for (let round = 0; round < 20; round += 1) {
      await store.release('fenced', await claim(LEASE));
      const token = await claim(LEASE);
      await store.complete('fenced', token, Buffer.of(), 1);
      await until('it has expired', async () => !(await store.exists('fenced')));
      await claim(1);
      await until('it has lapsed', async () => (await store.inspect('fenced')).state === 'vacant');
    }
    expect(fences).toEqual([...new Set(fences)].sort((one, other) => one - other));
    expect(fences[0]).toBeGreaterThanOrEqual(Number(seconds) * 1_000_000);
    expect(fences.at(-1)).toBeLessThan((Number(seconds) + 3_600) * 1_000_000);
  });

  test('says how long a claim is held', async () => {
    await store.claim('held', { token: createToken(), lease: LEASE });
    await until('it is held for a while', async () => {
      const found = await store.inspect('held');
      return found.state === 'claimed' && found.heldFor > 5 && found.leaseRemaining < LEASE;
    });
  });
});
