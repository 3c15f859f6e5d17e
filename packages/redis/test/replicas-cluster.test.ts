import { createToken, isIdempotencyError } from '@idem/core';
import { RedisStore } from '@idem/redis';
import calculateSlot from 'cluster-key-slot';
import { Cluster } from 'ioredis';
import { createCluster } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisCluster } from './support/cluster.ts';
import { PATIENT_TIMEOUT } from './support/patience.ts';
import { describeWithServers } from './support/skip.ts';

const LEASE = 600_000;
/** That is not there: the answer is the rule. And one that is, however slow. */
const absent = { count: 1, timeout: 300 };
const present = { count: 1, timeout: 15_000 };

/** Keys of the store, or plain ones, whose slots a master has. */
function keysOf(cluster: RedisCluster, master: number, prefix: string, count: number): string[] {
  const keys: string[] = [];
  for (let i = 0; keys.length < count; i += 1) {
    const key = `${prefix}${i}-${createToken()}`;
    if (cluster.masterOf(calculateSlot(key)) === master) keys.push(key);
  }
  return keys;
}

describeWithServers('replicas in a Cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start({ replicas: 1 });
  });
  afterAll(() => cluster.close());

  const nodes = (): { host: string; port: number }[] =>
    cluster.masters.map(({ port }) => ({ host: '127.0.0.1', port }));

  const clients = {
    ioredis: async () => {
      const client = new Cluster(nodes());
      const set = (key: string): Promise<unknown> => client.set(key, 'plain');
      return { client, set, close: () => client.disconnect() };
    },
    'node-redis': async () => {
      const client = createCluster({ rootNodes: cluster.masters.map(({ url }) => ({ url })) });
      client.on('error', () => {});
      await client.connect();
      const set = (key: string): Promise<unknown> => client.set(key, 'plain');
      return { client, set, close: () => client.destroy() };
    },
  };

  for (const [name, connect] of Object.entries(clients)) {
    test(`${name}: a slot that moved meanwhile makes no other claim look replicated`, async () => {
      const { client, set, close } = await connect();
      const store = new RedisStore({ client, replicas: absent, timeout: PATIENT_TIMEOUT });
      const patient = new RedisStore({ client, replicas: present, timeout: PATIENT_TIMEOUT });
      const [first, second] = [0, 1];
      const [moving = ''] = keysOf(cluster, first, `moving-${name}-`, 1);
      const claims = keysOf(cluster, first, 'idempotency:', 20).map((key) =>
        key.slice('idempotency:'.length),
      );
      // Every node is connected to, so that what follows is sent at once.
      await Promise.all([0, 1, 2].map((i) => set(keysOf(cluster, i, 'warm-', 1)[0] ?? '')));
      await set(moving);
      await patient.claim(claims[0] ?? '', { token: createToken(), lease: LEASE });
      await cluster.masters[first]?.ask('DEL', moving);
      const [replica] = cluster.replicasOf(first);
      const pid = (await replica?.pid()) ?? 0;
      await cluster.moveSlot(calculateSlot(moving), second);
      process.kill(pid, 'SIGSTOP');
      try {
        const moved = set(moving);
        const outcomes = await Promise.all(
          claims.slice(1).map((key) =>
            store.claim(key, { token: createToken(), lease: LEASE }).then(
              ({ outcome }) => outcome,
              (error: unknown) => (isIdempotencyError(error) ? error.code : error),
            ),
          ),
        );
        await moved;
        expect(new Set(outcomes)).toEqual(new Set(['IDEM_NOT_REPLICATED']));
      } finally {
        process.kill(pid, 'SIGCONT');
        await cluster.masters[second]?.ask('DEL', moving);
        await cluster.moveSlot(calculateSlot(moving), first);
        close();
      }
    });

    test(`${name}: a claim of a key that has moved is acquired and replicated where it is now`, async () => {
      const { client, close } = await connect();
      const store = new RedisStore({ client, replicas: present, timeout: PATIENT_TIMEOUT });
      const [full = ''] = keysOf(cluster, 0, 'idempotency:', 1);
      const key = full.slice('idempotency:'.length);
      const token = createToken();
      await store.exists(key);
      await cluster.moveSlot(calculateSlot(full), 1);
      expect(await store.claim(key, { token, lease: LEASE })).toMatchObject({
        outcome: 'acquired',
      });
      const [replica] = cluster.replicasOf(1);
      expect(await replica?.ask('DBSIZE')).toBeGreaterThan(0);
      expect(await store.complete(key, token, Buffer.from('x'), LEASE)).toBe(true);
      await cluster.masters[1]?.ask('DEL', full);
      await cluster.moveSlot(calculateSlot(full), 0);
      close();
    });

    test(`${name}: while its slot is on the way, a key is served where it is`, async () => {
      const { client, close } = await connect();
      const store = new RedisStore({ client, replicas: present, timeout: PATIENT_TIMEOUT });
      const [full = ''] = keysOf(cluster, 0, 'idempotency:', 1);
      const key = full.slice('idempotency:'.length);
      const slot = `${calculateSlot(full)}`;
      await store.exists(key);
      const [from, to] = cluster.masters;
      const [fromId, toId] = [await from?.ask('CLUSTER', 'MYID'), await to?.ask('CLUSTER', 'MYID')];
      await to?.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(fromId));
      await from?.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(toId));
      const token = createToken();
      const claim = await store.claim(key, { token, lease: LEASE });
      expect(claim).toMatchObject({ outcome: 'acquired' });
      expect(await store.complete(key, token, Buffer.from('x'), LEASE)).toBe(true);
      expect(await to?.ask('CLUSTER', 'COUNTKEYSINSLOT', slot)).toBe(1);
      await cluster.moveSlot(Number(slot), 1);
      expect(await store.exists(key)).toBe(true);
      await to?.ask('DEL', full);
      await cluster.moveSlot(Number(slot), 0);
      close();
    });
  }
});
