import { type Finding, RedisStore } from '@idem/redis';
import { Cluster, Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { judge } from '../src/diagnose/judge.ts';
import { RedisCluster } from './support/cluster.ts';
import { DURABLE, RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';
import { until } from './support/until.ts';

const severities = (findings: readonly Finding[]): Record<string, string> =>
  Object.fromEntries(findings.map(({ code, severity }) => [code, severity]));

describeWithServers('diagnose', () => {
  let server: RedisProcess;
  let store: RedisStore;
  const set = (name: string, value: string): Promise<unknown> =>
    server.admin.config('SET', name, value);

  beforeAll(async () => {
    server = await RedisProcess.start(DURABLE);
    store = await RedisStore.connect(server.url);
  });
  afterAll(async () => {
    await store.close();
    await server.close();
  });

  test('a server that keeps records has nothing to answer for but that it is alone', async () => {
    expect(severities(await store.diagnose())).toEqual({ 'no-replica-acknowledgement': 'info' });
    expect(store.supports.durability).toEqual({ promised: true });
  });

  test('a policy that evicts is an error with a maxmemory, and a warning without', async () => {
    await set('maxmemory-policy', 'volatile-ttl');
    expect(severities(await store.diagnose())).toMatchObject({ eviction: 'warning' });
    await set('maxmemory', '1gb');
    const found = (await store.diagnose()).find(({ code }) => code === 'eviction');
    expect(found).toMatchObject({ severity: 'error', server: `127.0.0.1:${server.port}` });
    expect(found?.remedy).toMatch(/noeviction/);
    await set('maxmemory-policy', 'noeviction');
    await set('maxmemory', '0');
    expect(severities(await store.diagnose())).not.toHaveProperty('eviction');
  });

  test('fsync that is weaker than asked', async () => {
    await set('appendfsync', 'everysec');
    expect(severities(await store.diagnose())).toMatchObject({ 'fsync-weak': 'warning' });
    expect(store.supports.durability).toMatchObject({ promised: false });
    expect(severities(await store.diagnose({ fsync: 'everysec' }))).not.toHaveProperty(
      'fsync-weak',
    );
    await set('appendfsync', 'always');
    expect(severities(await store.diagnose())).not.toHaveProperty('fsync-weak');
  });

  test('persistence off', async () => {
    await set('appendonly', 'no');
    const found = (await store.diagnose()).find(({ code }) => code === 'persistence-off');
    expect(found).toMatchObject({ severity: 'error' });
    expect(found?.message).toMatch(/every record is forgotten/);
    await set('save', '3600 1');
    const [snapshots] = (await store.diagnose()).filter(({ code }) => code === 'persistence-off');
    expect(snapshots?.message).toMatch(/last snapshot/);
    await set('save', '');
    await set('appendonly', 'yes');
  });

  test('replicas that are waited for and not there', async () => {
    const replicas = { count: 1, timeout: 100 };
    await using waiting = await RedisStore.connect({ url: server.url, replicas });
    expect(severities(await waiting.diagnose())).toEqual({ 'replicas-missing': 'error' });
  });

  test('a server that forbids CONFIG is not known, and serves', async () => {
    await server.admin.call('ACL', 'SETUSER', 'app', 'on', '>pw', '~*', '+@all', '-config');
    const client = new Redis({ port: server.port, username: 'app', password: 'pw' });
    const limited = new RedisStore({ client });
    expect(severities(await limited.diagnose())).toMatchObject({ unknown: 'warning' });
    expect(limited.supports.durability.promised).toBe(false);
    client.disconnect();
  });

  test('a log that is rewritten without fsync', async () => {
    await set('no-appendfsync-on-rewrite', 'yes');
    const found = (await store.diagnose()).find(({ code }) => code === 'fsync-weak');
    expect(found?.message).toMatch(/no-appendfsync-on-rewrite/);
    expect(store.supports.durability).toMatchObject({ promised: false });
    await set('no-appendfsync-on-rewrite', 'no');
    expect(severities(await store.diagnose())).not.toHaveProperty('fsync-weak');
    expect(store.supports.durability).toEqual({ promised: true });
  });

  test('a server that asks for replicas which it does not have', async () => {
    await set('min-replicas-to-write', '1');
    expect(severities(await store.diagnose())).toMatchObject({ 'writes-refused': 'error' });
    await set('min-replicas-to-write', '0');
    expect(severities(await store.diagnose())).not.toHaveProperty('writes-refused');
  });

  test('a replica, and a master that a partition may leave with claims of its own', async () => {
    const replica = await RedisProcess.start([
      ...DURABLE,
      '--replicaof',
      '127.0.0.1',
      `${server.port}`,
    ]);
    await until('it follows', async () =>
      String(await replica.ask('INFO', 'replication')).includes('master_link_status:up'),
    );
    await until('its master knows', async () =>
      (await server.admin.info('replication')).includes('state=online'),
    );
    await using there = await RedisStore.connect(replica.url);
    const found = (await there.diagnose()).find(({ code }) => code === 'replica');
    expect(found).toMatchObject({ severity: 'error' });
    expect(found?.message).toContain(`127.0.0.1:${server.port}`);
    expect(severities(await store.diagnose())).toMatchObject({
      'partition-unguarded': 'warning',
      'no-replica-acknowledgement': 'warning',
    });
    await set('min-replicas-to-write', '1');
    expect(severities(await store.diagnose())).not.toHaveProperty('partition-unguarded');
    await set('min-replicas-to-write', '0');
    await replica.close();
  });

  test('the replicas of each master of a Cluster: how many follow, and how they keep records', async () => {
    const cluster = await RedisCluster.start({ replicas: 1 });
    const replicas = { count: 1, timeout: 100 };
    await using clustered = await RedisStore.connect({ url: cluster.url, replicas });
    const [weak, lost] = cluster.replicas;
    await weak?.ask('CONFIG', 'SET', 'appendonly', 'no');
    const [found] = (await clustered.diagnose()).filter(({ severity }) => severity === 'error');
    expect(found).toMatchObject({ code: 'persistence-off', server: `127.0.0.1:${weak?.port}` });
    await lost?.kill();
    const missing = async (): Promise<readonly string[]> =>
      (await clustered.diagnose())
        .filter(({ code }) => code === 'replicas-missing')
        .map(({ server: name }) => name);
    await until('its master misses it', async () => (await missing()).length > 0);
    expect(await missing()).toEqual([`127.0.0.1:${cluster.masters[1]?.port}`]);
    await cluster.close();
  });

  test('a Cluster client that is not connected yet is connected, and one that cannot be is no clean bill', async () => {
    const cluster = await RedisCluster.start();
    const nodes = cluster.masters.map(({ port }) => ({ host: '127.0.0.1', port }));
    const lazy = new Cluster(nodes, { lazyConnect: true });
    const fresh = new Cluster(nodes);
    for (const client of [lazy, fresh]) {
      const other = new RedisStore({ client });
      const findings = await other.diagnose();
      expect(new Set(findings.map(({ server: name }) => name)).size).toBe(3);
      client.disconnect();
    }
    await cluster.close();
    for (const lazyConnect of [true, false]) {
      const gone = new Cluster(nodes, { lazyConnect });
      gone.on('error', () => {});
      const other = new RedisStore({ client: gone, timeout: 500 });
      // Unavailable, or late where the machine did not come to know it.
      await expect(other.diagnose()).rejects.toMatchObject({ retryable: true });
      expect(other.supports.durability.promised).toBe(false);
      gone.disconnect();
    }
  });

  test('every master of a Cluster is asked', async () => {
    const cluster = await RedisCluster.start();
    await using clustered = await RedisStore.connect(cluster.url);
    const [first] = cluster.masters;
    await first?.ask('CONFIG', 'SET', 'appendfsync', 'no');
    const findings = await clustered.diagnose();
    const weak = findings.filter(({ code }) => code === 'fsync-weak');
    expect(weak.map(({ server: name }) => name)).toEqual([`127.0.0.1:${first?.port}`]);
    expect(new Set(findings.map(({ server: name }) => name)).size).toBe(3);
    await cluster.close();
  });

  test('an old server and a clock that is far', () => {
    const facts = {
      server: 'h:1',
      product: 'redis',
      version: '6.0.16',
      maxmemory: 0,
      policy: 'noeviction',
      appendOnly: true,
      appendfsync: 'always',
      pausesFsync: false,
      replicaOf: null,
      save: '',
      replicas: 1,
      replicasToWrite: 1,
      clockAhead: -7_200_000,
    };
    const replicas = { count: 1, timeout: 1 };
    expect(severities(judge(facts, replicas, 'always'))).toEqual({
      'server-too-old': 'error',
      'clock-far': 'info',
    });
    expect(judge({ ...facts, version: '6.2.0', clockAhead: 0 }, replicas, 'always')).toEqual([]);
    const valkey = { ...facts, product: 'valkey', version: '8.1.0', clockAhead: 0 };
    expect(judge(valkey, replicas, 'always')).toEqual([]);
  });
});
