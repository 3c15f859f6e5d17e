import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';

const HOUR = 3_600_000;
const LEASE = 60_000;

describeWithServers('a key that was released or removed', () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await RedisProcess.start([]);
  });
  afterAll(() => server.close());

  for (const end of ['release', 'remove'] as const) {
    test(`by ${end} keeps its fence for an hour`, async () => {
      const store = new RedisStore({ client: server.admin });
      const token = createToken();
      const key = `${end} in time`;
      await store.claim(key, { token, lease: LEASE });
      if (end === 'release') await store.release(key, token);
      else await store.remove(key);
      expect(await server.admin.pttl(`idempotency:${key}`)).toBeGreaterThan(HOUR / 2);
    });
  }
});
