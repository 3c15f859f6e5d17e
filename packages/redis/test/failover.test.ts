import { createToken } from '@idem/core';
import { RedisStore, type RedisStoreSettings } from '@idem/redis';
import { expect, test } from 'vitest';
import { RedisCluster } from './support/cluster.ts';
import { openWithNodeRedis } from './support/node-redis-store.ts';
import { PATIENT_TIMEOUT } from './support/patience.ts';
import { SentinelGroup } from './support/sentinels.ts';
import { describeWithServers } from './support/skip.ts';

const LEASE = 600_000;
const value = Buffer.from('result');
const settings = { replicas: { count: 1, timeout: 15_000 }, timeout: PATIENT_TIMEOUT };

const clients: Readonly<
  Record<string, (url: string, settings: RedisStoreSettings) => Promise<RedisStore>>
> = {
  ioredis: (url, options) => RedisStore.connect({ url, ...options }),
  'node-redis': (url, options) => openWithNodeRedis(url, options),
};

describeWithServers('a failover', () => {
  for (const [name, open] of Object.entries(clients)) {
    test(`${name}, Sentinel: what replicas acknowledged is there, and the same client goes on`, async () => {
      const group = await SentinelGroup.start();
      const store = await open(group.url, settings);
      const claims = Array.from({ length: 32 }, (_, i) => ({ key: `k${i}`, token: createToken() }));
      await Promise.all(claims.map(({ key, token }) => store.claim(key, { token, lease: LEASE })));
      await group.failover();
      expect(await store.exists('k0')).toBe(false);
      await store.close();
      const plain = await open(group.url, { timeout: PATIENT_TIMEOUT });
      for (const { key, token } of claims) {
        const stranger = await plain.claim(key, { token: createToken(), lease: LEASE });
        expect(stranger.outcome).toBe('in-progress');
        expect(await plain.complete(key, token, value, LEASE)).toBe(true);
      }
      await plain.close();
      await group.close();
    });

    test(`${name}, Cluster: the same`, async () => {
      const cluster = await RedisCluster.start({ replicas: 1 });
      const store = await open(cluster.url, settings);
      const claims = Array.from({ length: 32 }, (_, i) => ({ key: `k${i}`, token: createToken() }));
      await Promise.all(claims.map(({ key, token }) => store.claim(key, { token, lease: LEASE })));
      await cluster.masters[0]?.kill();
      await cluster.replicas[0]?.ask('CLUSTER', 'FAILOVER', 'TAKEOVER');
      for (const { key, token } of claims) {
        // The promoted one has no replica: these wait for none.
        expect(await store.renew(key, token, LEASE)).toBe(true);
        expect(await store.find(key)).toBe(null);
      }
      await store.close();
      await cluster.close();
    });
  }
});
