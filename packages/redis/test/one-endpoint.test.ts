import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PATIENT_TIMEOUT } from './support/patience.ts';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';
import { SteeredProxy } from './support/steered-proxy.ts';

const LEASE = 60_000;

describeWithServers('one endpoint that leads to another master after a failover', () => {
  let servers: readonly [RedisProcess, RedisProcess];
  beforeAll(async () => {
    servers = await Promise.all([RedisProcess.start(), RedisProcess.start()]);
  });
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  const clients = {
    ioredis: async (url: string) => {
      const client = new Redis(url);
      client.on('error', () => {});
      return { client, ping: () => client.ping(), close: () => client.disconnect() };
    },
    'node-redis': async (url: string) => {
      const client = createClient({ url });
      client.on('error', () => {});
      await client.connect();
      return { client, ping: () => client.ping(), close: () => client.destroy() };
    },
  };

  for (const [name, connect] of Object.entries(clients)) {
    test(`${name}: the application's client is not stuck on the replica`, async () => {
      const [old, promoted] = servers;
      let target = old.port;
      await using proxy = await SteeredProxy.listen(() => target);
      const { client, ping, close } = await connect(`redis://127.0.0.1:${proxy.port}`);
      const store = new RedisStore({ client, timeout: PATIENT_TIMEOUT });
      const token = createToken();
      await store.claim(`before ${name}`, { token, lease: LEASE });
      // The old master follows the new one, and keeps the connections that it has.
      target = promoted.port;
      await old.admin.replicaof('127.0.0.1', promoted.port);
      const claim = await store.claim(`after ${name}`, { token, lease: LEASE });
      expect(claim.outcome).toBe('acquired');
      expect(await promoted.admin.exists(`idempotency:after ${name}`)).toBe(1);
      expect(await ping()).toBe('PONG');
      await old.admin.replicaof('NO', 'ONE');
      close();
    });
  }
});
