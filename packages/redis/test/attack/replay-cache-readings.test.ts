import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { expect, test } from 'vitest';
import { HeldProxy } from '../support/held-proxy.ts';
import { untilKept } from '../support/kept.ts';
import { PATIENT_TIMEOUT } from '../support/patience.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';
import { until } from '../support/until.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

const MIB = 1024 * 1024;
const READINGS = 8_000;
const AT_ONCE = 500;

describeWithServers('what was asked of the server with a replay cache', () => {
  test('is forgotten when it is answered', async () => {
    await using server = await RedisProcess.start([]);
    const replayCache = { maxBytes: 1_000, maxStaleness: 600_000 };
    await using store = await RedisStore.connect({
      ...{ url: server.url, timeout: PATIENT_TIMEOUT, replayCache },
    });
    // Of a key that is held for ever, 400 bytes and what is kept beside it.
    const read = async (name: string): Promise<void> => {
      for (let begun = 0; begun < READINGS; begun += AT_ONCE) {
        const keys = Array.from({ length: AT_ONCE }, (_, i) => `${name}-${begun + i}`);
        await Promise.all(keys.map((key) => store.find(Buffer.alloc(400, `${key}-`).toString())));
      }
      collect();
    };
    await read('before');
    const before = process.memoryUsage().heapUsed;
    await read('measured');
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(MIB);
  });

  test('a claim is confirmed by replicas, with a replay cache or without', async () => {
    await using server = await RedisProcess.start([]);
    const replicas = { count: 1, timeout: 100 };
    for (const replayCache of [undefined, { maxBytes: 1_000 }]) {
      await using store = await RedisStore.connect({
        ...{ url: server.url, timeout: PATIENT_TIMEOUT, replicas },
        ...(replayCache === undefined ? {} : { replayCache }),
      });
      const claimed = store.claim('claimed', { token: createToken(), lease: 1 });
      await expect(claimed).rejects.toMatchObject({ code: 'IDEM_NOT_REPLICATED' });
    }
  });

  test('once it was answered that nothing is there, no earlier answer comes back', async () => {
    await using server = await RedisProcess.start([]);
    await using proxy = await HeldProxy.listen(() => server.port);
    const replayCache = { maxBytes: 1_000_000, maxStaleness: 600_000 };
    const url = `redis://127.0.0.1:${proxy.port}`;
    await using store = await RedisStore.connect({ url, timeout: PATIENT_TIMEOUT, replayCache });
    await using other = new RedisStore({ client: server.admin });
    // First, so that the server has told of it by the time that the other one is kept.
    await other.store('key', Buffer.from('the earlier answer'), 600_000);
    await other.store('another', Buffer.from('kept'), 600_000);
    await untilKept(server, store, 'another');

    // What the server tells of the removal is on its way for as long as this test takes.
    proxy.hold(proxy.tracker);
    const data = proxy.hold(proxy.data);
    const before = store.find('key');
    await until('it is answered', () => data.answered.includes('the earlier answer'));
    await other.remove('key');
    const after = store.find('key');
    proxy.release(data);
    expect(await before).not.toBeNull();
    expect(await after).toBeNull();
    expect(await store.find('key')).toBeNull();
  });
});
