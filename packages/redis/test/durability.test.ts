import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rejection } from './support/expect-code.ts';
import { PATIENT_TIMEOUT } from './support/patience.ts';
import { RedisProcess } from './support/redis-process.ts';
import { SentinelGroup } from './support/sentinels.ts';
import { describeWithServers } from './support/skip.ts';

const LEASE = 600_000;
const value = Buffer.from('result');

describeWithServers('what is acknowledged is kept', () => {
  test('kill -9 under load and a restart lose nothing with appendfsync always', async () => {
    await using server = await RedisProcess.start();
    await using store = await RedisStore.connect(server.url);
    const acknowledged: { key: string; token: string; completed: boolean }[] = [];
    let running = true;
    const worker = async (name: string): Promise<void> => {
      for (let i = 0; running; i += 1) {
        const entry = { key: `${name} ${i}`, token: createToken(), completed: false };
        const { outcome } = await store.claim(entry.key, { token: entry.token, lease: LEASE });
        expect(outcome).toBe('acquired');
        acknowledged.push(entry);
        entry.completed = await store.complete(entry.key, entry.token, value, LEASE);
      }
    };
    const workers = ['a', 'b', 'c', 'd'].map(worker);
    for (let kill = 0; kill < 3; kill += 1) {
      const before = acknowledged.length;
      while (acknowledged.length < before + 50) await new Promise((done) => setTimeout(done, 5));
      await server.restart();
    }
    running = false;
    await Promise.all(workers);
    expect(acknowledged.length).toBeGreaterThan(150);
    for (const { key, token, completed } of acknowledged) {
      expect(completed).toBe(true);
      expect(await store.find(key)).toEqual(new Uint8Array(value));
      expect(await store.complete(key, token, value, LEASE)).toBe(true);
    }
  });
});

describeWithServers('a failover by Sentinel', () => {
  let group: SentinelGroup;
  beforeAll(async () => {
    group = await SentinelGroup.start();
  });
  afterAll(() => group.close());

  test('keeps every claim that replicas acknowledged; the same client goes on', async () => {
    const replicas = { count: 1, timeout: 15_000 };
    await using store = await RedisStore.connect({
      url: group.url,
      replicas,
      timeout: PATIENT_TIMEOUT,
    });
    const claims = Array.from({ length: 64 }, (_, i) => ({ key: `k${i}`, token: createToken() }));
    await Promise.all(claims.map(({ key, token }) => store.claim(key, { token, lease: LEASE })));
    await group.failover();
    expect(await store.exists('k0')).toBe(false);
    await using plain = await RedisStore.connect({ url: group.url, timeout: PATIENT_TIMEOUT });
    for (const { key, token } of claims) {
      const stranger = await plain.claim(key, { token: createToken(), lease: LEASE });
      expect(stranger.outcome).toBe('in-progress');
      expect(await plain.complete(key, token, value, LEASE)).toBe(true);
    }
  });

  test('without a replica, an operation that asks for one fails with its own code', async () => {
    const replicas = { count: 1, timeout: 300 };
    await using store = await RedisStore.connect({
      ...{ url: group.url, replicas },
      timeout: PATIENT_TIMEOUT,
    });
    const token = createToken();
    const claim = store.claim('alone', { token, lease: LEASE });
    const error = await rejection(claim, 'IDEM_NOT_REPLICATED');
    expect(error.retryable).toBe(true);
    await using keeping = await RedisStore.connect({
      ...{ url: group.url, replicas, replayCache: { maxBytes: 1_000_000 } },
      timeout: PATIENT_TIMEOUT,
    });
    const kept = keeping.claim('alone too', { token, lease: LEASE });
    await rejection(kept, 'IDEM_NOT_REPLICATED');
    // Of what is somebody else's, nothing is promised that a replica would have to have.
    const theirs = await store.claim('alone', { token: createToken(), lease: LEASE });
    expect(theirs.outcome).toBe('in-progress');
    const down = group.servers.find(({ isRunning }) => !isRunning);
    await down?.run();
    const deadline = performance.now() + 20_000;
    for (;;) {
      const again = await store.claim('alone', { token, lease: LEASE }).catch(() => undefined);
      if (again?.outcome === 'acquired') break;
      expect(performance.now()).toBeLessThan(deadline);
    }
  });

  test('concurrent operations share a WAIT', async () => {
    const replicas = { count: 1, timeout: 15_000 };
    await using store = await RedisStore.connect({
      url: group.url,
      replicas,
      timeout: PATIENT_TIMEOUT,
    });
    const master = await group.master();
    await master.ask('CONFIG', 'RESETSTAT');
    const keys = Array.from({ length: 64 }, (_, i) => `shared ${i}`);
    await Promise.all(keys.map((key) => store.claim(key, { token: createToken(), lease: LEASE })));
    const stats = String(await master.ask('INFO', 'commandstats'));
    const waits = Number(/cmdstat_wait:calls=(\d+)/.exec(stats)?.[1]);
    expect(waits).toBeGreaterThan(0);
    expect(waits).toBeLessThan(16);
  });
});
