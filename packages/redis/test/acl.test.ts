import { readFile } from 'node:fs/promises';
import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { createClient, createCluster } from 'redis';
import { expect, test } from 'vitest';
import { RedisCluster } from './support/cluster.ts';
import { PATIENT_TIMEOUT } from './support/patience.ts';
import type { RedisProcess } from './support/redis-process.ts';
import { SentinelGroup } from './support/sentinels.ts';
import { describeWithServers } from './support/skip.ts';
import { until } from './support/until.ts';
import { works } from './support/works.ts';

const LEASE = 60_000;
const value = Buffer.from('result');

/** The rights as the README publishes them, by the name that it gives each line. */
async function published(): Promise<(...names: readonly string[]) => readonly string[]> {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const lines = [...readme.matchAll(/^# (?<name>[^\n]+)\n(?<rights>[~&+][^\n]+)$/gm)];
  const byName = new Map(lines.map(({ groups }) => [groups?.['name'], groups?.['rights'] ?? '']));
  return (...names) =>
    names.flatMap((name) => {
      const rights = byName.get(name);
      if (rights === undefined) throw new Error(`the README has no rights for ${name}`);
      return rights.split(' ');
    });
}

const setUser = (server: RedisProcess, rights: readonly string[]): Promise<unknown> =>
  server.ask('ACL', 'SETUSER', 'app', 'reset', 'on', '>pw', ...rights);

const withUser = (url: string): string => url.replace('//', '//app:pw@');

/** Every operation, and each ending of a claim. */
async function everything(store: RedisStore, label: string): Promise<void> {
  await works(store, label);
  const token = createToken();
  await store.claim(`${label} a`, { token, lease: LEASE });
  expect(await store.release(`${label} a`, token)).toBe(true);
  await store.claim(`${label} b`, { token, lease: LEASE });
  expect(await store.complete(`${label} b`, token, value, LEASE)).toBe(true);
  expect(await store.complete(`${label} b`, token, value, LEASE)).toBe(true);
  await store.store(`${label} c`, value, LEASE);
  expect(await store.exists(`${label} c`)).toBe(true);
  await store.remove(`${label} c`);
}

async function codesOf(store: RedisStore): Promise<readonly string[]> {
  return (await store.diagnose()).map(({ code }) => code);
}

async function wakes(store: RedisStore): Promise<void> {
  let count = 0;
  store.watch('woken', () => {
    count += 1;
  });
  await until('it listens', () => count === 1);
  await store.store('woken', value, LEASE);
  await until('it hears', () => count === 2);
}

describeWithServers('with exactly the rights that the README asks for', () => {
  test('one server: the operations, replicas, wake-ups and diagnose', async () => {
    const rights = await published();
    const group = await SentinelGroup.start();
    const server = await group.master();
    const url = withUser(`redis://127.0.0.1:${server.port}`);

    await setUser(server, rights('the operations'));
    const plain = await RedisStore.connect(url);
    await everything(plain, 'plain');
    expect(plain.supports.durability.promised).toBe(false);
    const unknown = async (): Promise<string> =>
      (await plain.diagnose())
        .filter(({ code }) => code === 'unknown')
        .map(({ message }) => message)
        .join('\n');
    expect(await unknown()).toMatch(/\+config\|get/);
    expect(await unknown()).not.toMatch(/\+info\./);
    await setUser(server, [...rights('the operations'), '-info']);
    expect(await unknown()).toMatch(/lacks \+info\./);
    await plain.close();

    await setUser(server, rights('the operations', 'replicas, in addition'));
    const replicas = { count: 1, timeout: 15_000 };
    const waiting = await RedisStore.connect({ url, replicas, timeout: PATIENT_TIMEOUT });
    await everything(waiting, 'replicas');
    await waiting.close();

    await setUser(server, rights('the operations', 'wakeUp, in addition'));
    const waking = await RedisStore.connect({ url, wakeUp: true });
    await wakes(waking);
    await waking.close();

    await setUser(server, rights('the operations', 'replayCache, in addition'));
    const replayCache = { maxBytes: 1_000_000 };
    const keeping = await RedisStore.connect({ url, replayCache });
    await everything(keeping, 'replays');
    expect(await codesOf(keeping)).not.toContain('replay-cache-off');
    await keeping.close();
    const nodeRedis = createClient({ url });
    await nodeRedis.connect();
    const kept = new RedisStore({ client: nodeRedis, replayCache });
    expect(await codesOf(kept)).not.toContain('replay-cache-off');
    await kept.close();
    nodeRedis.destroy();

    await setUser(server, rights('the operations', 'diagnose(), in addition'));
    const asking = await RedisStore.connect(url);
    expect(asking.supports.durability).toEqual({ promised: true });
    expect((await asking.diagnose()).map(({ code }) => code)).not.toContain('unknown');
    await asking.close();

    await setUser(server, [
      ...rights('the operations', 'timeInScripts: false, in place of +time'),
      '-time',
    ]);
    const timeless = await RedisStore.connect({ url, timeInScripts: false });
    await everything(timeless, 'timeless');
    await timeless.close();

    await setUser(server, rights('the operations'));
    const client = createClient({ url });
    await client.connect();
    await everything(new RedisStore({ client }), 'node-redis');
    client.destroy();
    await group.close();
  });

  test('Sentinel', async () => {
    const rights = await published();
    const group = await SentinelGroup.start();
    for (const server of group.servers) await setUser(server, rights('the operations'));
    await setUser(group.sentinel, rights('Sentinel: the user of the sentinels'));
    const url = `${withUser(group.url)}?sentinelUsername=app&sentinelPassword=pw`;
    const store = await RedisStore.connect(url);
    await everything(store, 'sentinel');
    await store.close();
    await group.close();
  });

  test('Cluster, also while a slot is on its way', async () => {
    const rights = await published();
    const cluster = await RedisCluster.start();
    for (const server of cluster.masters) {
      await setUser(server, rights('the operations', 'a Cluster, in addition'));
    }
    const store = await RedisStore.connect(withUser(cluster.url));
    await everything(store, 'cluster');
    const [from, to] = cluster.masters;
    const slot = '0';
    await to?.ask(
      'CLUSTER',
      'SETSLOT',
      slot,
      'IMPORTING',
      String(await from?.ask('CLUSTER', 'MYID')),
    );
    await from?.ask(
      'CLUSTER',
      'SETSLOT',
      slot,
      'MIGRATING',
      String(await to?.ask('CLUSTER', 'MYID')),
    );
    // The tag's slot is 0.
    await everything(store, '{1bz}');
    await cluster.moveSlot(Number(slot), 1);
    await everything(store, '{1bz} moved');
    await store.close();

    const rootNodes = cluster.masters.map(({ url }) => ({ url: withUser(url) }));
    const defaults = { username: 'app', password: 'pw' };
    const client = createCluster({ rootNodes, defaults });
    await client.connect();
    await everything(new RedisStore({ client }), 'node-redis');
    client.destroy();
    await cluster.close();
  });
});
