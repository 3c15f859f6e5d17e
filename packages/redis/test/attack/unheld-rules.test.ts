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

  test('a fence is remembered by what remove leaves alone', async () => {
    const store = new RedisStore({ client });
    await client.set('idempotency:vacant', `idem1 vacant ${FUTURE} remove\n`);
    await store.remove('vacant');
    const claimed = await store.claim('vacant', { token: createToken(), lease: 60_000 });
    expect(claimed).toMatchObject({ outcome: 'acquired', fence: FUTURE + 1 });
  });

  test('a record with the last fence that there can be is one', async () => {
    const store = new RedisStore({ client });
    const [token, lease, value] = [createToken(), 60_000, Buffer.of(7)];
    const last = Number.MAX_SAFE_INTEGER - 1;
    const plant = async (line: string): Promise<string> => {
      const key = line.slice(0, 9);
      await client.set(`idempotency:${key}`, line, 'PX', 2 * 86_400_000);
      return key;
    };
    const done = await plant(`idem1 done ${last} ${token}  1\nx`);
    expect(await store.find(done)).toEqual(Uint8Array.of(0x78));
    expect(await store.exists(done)).toBe(true);
    expect(await store.inspect(done)).toMatchObject({ state: 'completed' });
    expect(await store.claim(done, { token, lease })).toMatchObject({ outcome: 'completed' });
    expect(await store.complete(done, token, value, lease)).toBe(true);
    expect(await store.release(done, token)).toBe(false);
    expect(await store.renew(done, token, lease)).toBe(false);
    await store.store(done, value, lease);
    await store.remove(done);
    expect(await client.get(`idempotency:${done}`)).toBe(`idem1 vacant ${last} remove\n`);
    const claimed = await plant(`idem1 claimed ${last} 0 ${token} \n`);
    expect(await store.find(claimed)).toBeNull();
    expect(await store.inspect(claimed)).toMatchObject({ state: 'claimed', fence: last });
    expect(await store.claim(claimed, { token, lease })).toMatchObject({ fence: last });
    expect(await store.renew(claimed, token, lease)).toBe(true);
    expect(await store.complete(claimed, token, value, lease)).toBe(true);
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
