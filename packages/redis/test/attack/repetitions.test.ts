import { type AddressInfo, connect, createServer } from 'node:net';
import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';

/** What is under way when the connection drops is rejected at once, and not sent by ioredis. */
const STRICT = { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 };

describeWithServers('repetitions', () => {
  test('a release whose reply was lost is still told that it released', async () => {
    const server = await RedisProcess.start([]);
    let losing = false;
    const proxy = createServer((socket) => {
      const backend = connect(server.port, '127.0.0.1');
      socket.on('error', () => {}).pipe(backend);
      backend
        .on('error', () => {})
        .on('data', (reply) => {
          if (losing) socket.destroy();
          else socket.write(reply);
          losing = false;
        });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const client = new Redis({ port, ...STRICT });
    const store = new RedisStore({ client });
    const token = createToken();
    await store.claim('other', { token, lease: 60_000 });
    await store.release('other', token);

    await store.claim('key', { token, lease: 60_000 });
    losing = true;
    expect(await store.release('key', token)).toBe(true);
    expect(losing).toBe(false);

    client.disconnect();
    proxy.close();
    await server.close();
  });

  test('an endpoint that leads to a replica is connected to anew twice a second at most', async () => {
    const server = await RedisProcess.start(['--replicaof', '127.0.0.1', '1']);
    const client = new Redis(server.port);
    await client.ping();
    let connections = 0;
    client.on('connect', () => {
      connections += 1;
    });
    const started = performance.now();
    const store = new RedisStore({ client, timeout: 1_500 });
    const stored = store.store('key', Buffer.of(), 60_000);
    await expect(stored).rejects.toMatchObject({ retryable: true });
    const halfSeconds = (performance.now() - started) / 500;
    expect(connections).toBeGreaterThan(0);
    expect(connections).toBeLessThanOrEqual(1 + halfSeconds);
    client.disconnect();
    await server.close();
  });
});
