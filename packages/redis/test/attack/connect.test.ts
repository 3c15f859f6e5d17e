import { RedisStore } from '@idem/redis';
import { createClient } from 'redis';
import { expect, test } from 'vitest';
import { rejection } from '../support/expect-code.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';

describeWithServers('connect', () => {
  test('a database that is not there is refused, and not taken for the first', async () => {
    const server = await RedisProcess.start([]);
    const refused = RedisStore.connect(server.url.replace('/0', '/99'));
    const { message } = await rejection(refused, 'IDEM_STORE_FAILED');
    expect(message).toContain('DB index is out of range');
    await server.close();
  });

  test('a port that cannot be one is refused before anything is sent', async () => {
    for (const port of [0, 65_536, 99_999]) {
      const refused = RedisStore.connect(`redis://127.0.0.1:${port}`);
      expect((await rejection(refused, 'IDEM_INVALID_OPTIONS')).message).toContain('port');
    }
  });

  test('an option of the URL that would say nothing is refused', async () => {
    for (const query of ['replicaTimeout=100', 'sentinelPassword=x', 'timeout=100&timeout=5000']) {
      const refused = RedisStore.connect(`redis://127.0.0.1:6379?${query}`);
      await rejection(refused, 'IDEM_INVALID_OPTIONS');
    }
  });

  test('a client of node-redis that was never connected is told to connect, not that it has ended', async () => {
    const store = new RedisStore({ client: createClient() });
    await expect(store.find('key')).rejects.toMatchObject({
      code: 'IDEM_STORE_UNAVAILABLE',
      message: expect.stringContaining('connect it'),
      retryable: false,
    });
  });
});
