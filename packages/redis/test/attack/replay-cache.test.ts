import { RedisStore } from '@idem/redis';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Freshness } from '../../src/replay-cache/freshness.ts';
import { HeldProxy } from '../support/held-proxy.ts';
import { isKept, untilKept } from '../support/kept.ts';
import { PATIENT_TIMEOUT } from '../support/patience.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';
import { until } from '../support/until.ts';

const value = Buffer.from('result');
const TTL = 300_000;
const PATIENT = { maxBytes: 1_000_000, maxStaleness: 600_000 };

test('what a machine slept counts as age, and as time at the server', () => {
  const maxStaleness = 1_000;
  const freshness = new Freshness(maxStaleness);
  const at = performance.now();
  // It slept for 900 ms, which its monotonic clock does not know.
  freshness.prove({ at, wall: Date.now() - 900, ahead: 5_000 });
  const now = performance.now();
  expect(freshness.age(now)).toBeGreaterThanOrEqual(900);
  expect(freshness.serverTime(now)).toBeGreaterThanOrEqual(at + 5_900);
});

describeWithServers('a replay that asks nobody, attacked', () => {
  let server: RedisProcess;
  let other: RedisStore;
  beforeAll(async () => {
    server = await RedisProcess.start([]);
    other = new RedisStore({ client: server.admin });
  });
  afterAll(() => server.close());

  test('a record that ended while the machine slept is not answered', async () => {
    await using store = await RedisStore.connect({ url: server.url, replayCache: PATIENT });
    await other.store('slept', value, TTL);
    await untilKept(server, store, 'slept');
    const { now } = Date;
    vi.spyOn(Date, 'now').mockImplementation(() => now() + TTL + 1_000);
    try {
      expect(await isKept(server, store, 'slept')).toBe(false);
    } finally {
      vi.restoreAllMocks();
    }
  });

  test('diagnose says as operations do that the server is gone', async () => {
    let port = server.port;
    await using proxy = await HeldProxy.listen(() => port);
    const url = `redis://127.0.0.1:${proxy.port}`;
    await using store = await RedisStore.connect({
      url,
      replayCache: PATIENT,
      timeout: PATIENT_TIMEOUT,
    });
    await store.store('diagnosed', value, TTL);
    const diagnosed = store.diagnose().then(
      () => undefined,
      (error: unknown) => error,
    );
    await until('it asks to be told', () => proxy.tracker !== undefined);
    port = 1;
    for (const { client } of proxy.links) client.destroy();
    expect(await diagnosed).toMatchObject({ code: 'IDEM_STORE_UNAVAILABLE', retryable: true });
  });
});
