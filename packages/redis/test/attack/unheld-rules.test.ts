import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Acknowledgement } from '../../src/acknowledgement.ts';
import { NotConnected } from '../../src/driver/driver.ts';
import { IoredisConnection } from '../../src/driver/ioredis-connection.ts';
import { isIoredisNode } from '../../src/driver/ioredis-parts.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';
import { until } from '../support/until.ts';

/** Microseconds since the epoch, in the year 2255. */
const FUTURE = 9_000_000_000_000_000;

describeWithServers('rules that nothing held', () => {
  let server: RedisProcess;
  let client: Redis;
  beforeAll(async () => {
    server = await RedisProcess.start([]);
    client = new Redis(server.port);
  });
  afterAll(async () => {
    client.disconnect();
    await server.close();
  });

  test('a fence that is remembered is exceeded though the clock has stepped back behind it', async () => {
    const store = new RedisStore({ client });
    await client.set('idempotency:key', `idem1 vacant ${FUTURE} remove\n`);
    const claimed = await store.claim('key', { token: createToken(), lease: 60_000 });
    expect(claimed).toEqual({ outcome: 'acquired', fence: FUTURE + 1, takeover: false });
  });

  test('a fence is remembered by what store puts in its place', async () => {
    const store = new RedisStore({ client });
    await client.set('idempotency:kept', `idem1 vacant ${FUTURE} remove\n`);
    await store.store('kept', Buffer.of(), 60_000);
    await store.remove('kept');
    const claimed = await store.claim('kept', { token: createToken(), lease: 60_000 });
    expect(claimed).toMatchObject({ outcome: 'acquired', fence: FUTURE + 1 });
  });

  test('a key is kept past the end of a lease that was lengthened', async () => {
    const store = new RedisStore({ client });
    const [token, short, long] = [createToken(), 1_000, 30 * 86_400_000];
    for (const lengthen of ['claim', 'renew'] as const) {
      await store.claim(lengthen, { token, lease: short });
      if (lengthen === 'claim') await store.claim(lengthen, { token, lease: long });
      else await store.renew(lengthen, token, long);
      expect(await client.pttl(`idempotency:${lengthen}`)).toBeGreaterThan(long);
    }
  });

  test('WAIT on another socket than the one that wrote acknowledges nothing', async () => {
    if (!isIoredisNode(client)) throw new Error('a Redis is no Redis');
    const connection = new IoredisConnection(client);
    await until('it is connected', () => connection.isReady);
    const { socket } = connection;
    connection.reconnect();
    await until('it is connected anew', () => connection.isReady && connection.socket !== socket);
    const confirmed = new Acknowledgement({ count: 1, timeout: 1 }).confirm(connection, socket);
    await expect(confirmed).rejects.toBeInstanceOf(NotConnected);
  });
});
