import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { RedisStore } from '@idem/redis';
import { createClient, createCluster } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisCluster } from './support/cluster.ts';
import { rejection } from './support/expect-code.ts';
import { DURABLE, RedisProcess } from './support/redis-process.ts';
import { SentinelGroup } from './support/sentinels.ts';
import { describeWithServers } from './support/skip.ts';
import { makeTlsFiles, type TlsFiles } from './support/tls-files.ts';
import { works } from './support/works.ts';

/** Longer than a test may take: what waits for it does not pass. */
const LONG = 120_000;

/** How ElastiCache and MemoryDB are: the nodes say names, and the certificate has no address in it. */
const BY_NAME = [
  ...['--cluster-announce-hostname', 'localhost'],
  ...['--cluster-preferred-endpoint-type', 'hostname'],
];

describeWithServers(
  'TLS, with a CA of our own, a certificate for the name only, and one of the client',
  () => {
    let files: TlsFiles;
    let server: RedisProcess;
    let cluster: RedisCluster;
    let group: SentinelGroup;
    beforeAll(async () => {
      files = await makeTlsFiles();
      [server, cluster, group] = await Promise.all([
        RedisProcess.start(DURABLE, files),
        RedisCluster.start({ args: BY_NAME, tls: files }),
        SentinelGroup.start({ tls: files }),
      ]);
    });
    afterAll(async () => {
      await Promise.all([server.close(), cluster.close(), group.close()]);
      await files.close();
    });

    const serve = async (store: RedisStore, label: string): Promise<void> => {
      await works(store, label);
      await store.close();
    };

    test('one server, by options', async () => {
      const redis = { host: 'localhost', port: server.port, tls: files.client };
      await serve(await RedisStore.connect({ redis }), 'one');
    });

    test('a Cluster, by options: its nodes are reached by the name that is in the certificate', async () => {
      const nodes = cluster.masters.map(({ port }) => ({ host: 'localhost', port }));
      const options = { redisOptions: { tls: files.client } };
      await serve(await RedisStore.connect({ cluster: { nodes, options } }), 'cluster');
    });

    test('Sentinel, by options', async () => {
      const { port } = group.sentinel;
      const redis = {
        ...{ sentinels: [{ host: 'localhost', port }], name: 'main' },
        ...{ tls: files.client, sentinelTLS: files.client, enableTLSForSentinelMode: true },
      };
      await serve(await RedisStore.connect({ redis }), 'sentinel');
    });

    test('a client and a cluster of node-redis', async () => {
      const socket = { tls: true, ...files.client } as const;
      const client = createClient({ socket: { ...socket, host: 'localhost', port: server.port } });
      await client.connect();
      await works(new RedisStore({ client }), 'node-redis');
      client.destroy();
      const rootNodes = cluster.masters.map(({ port }) => ({
        socket: { host: 'localhost', port },
      }));
      const nodes = createCluster({ rootNodes, defaults: { socket } });
      await nodes.connect();
      await works(new RedisStore({ client: nodes }), 'node-redis cluster');
      nodes.destroy();
    });

    test('wake-ups too', async () => {
      const redis = { host: 'localhost', port: server.port, tls: files.client };
      const store = await RedisStore.connect({ redis, wakeUp: true });
      await new Promise<void>((heard) => store.watch('key', heard));
      await store.close();
    });

    test('by URL, where the process trusts the CA and the servers ask for no certificate', async () => {
      const before = getCACertificates('default');
      const servers = [server, ...cluster.masters, ...group.servers, group.sentinel];
      for (const one of servers)
        await one.ask('CONFIG', 'SET', 'tls-auth-clients', 'no').catch(() => {});
      setDefaultCACertificates([...before, files.client.ca]);
      try {
        const ports = cluster.masters.map(({ port }) => `localhost:${port}`).join(',');
        await serve(await RedisStore.connect(`rediss://localhost:${server.port}`), 'url');
        await serve(await RedisStore.connect(`rediss+cluster://${ports}`), 'url, cluster');
      } finally {
        setDefaultCACertificates(before);
      }
    });

    test('a certificate that is not trusted is reported at once, as what does not pass', async () => {
      const ports = cluster.masters.map(({ port }) => `localhost:${port}`).join(',');
      for (const url of [
        `rediss://localhost:${server.port}`,
        `rediss+cluster://${ports}`,
        `rediss+sentinel://localhost:${group.sentinel.port}/main`,
      ]) {
        const opening = RedisStore.connect({ url, timeout: LONG });
        const error = await rejection(opening, 'IDEM_STORE_FAILED');
        expect(error.retryable).toBe(false);
        expect(error.message).toMatch(/certificate/);
      }
    });

    test('a name that is not in the certificate too', async () => {
      const redis = { host: '127.0.0.1', port: server.port, tls: files.client };
      const opening = RedisStore.connect({ redis, timeout: LONG });
      const error = await rejection(opening, 'IDEM_STORE_FAILED');
      expect(error.message).toMatch(/altnames|certificate/);
    });
  },
);
