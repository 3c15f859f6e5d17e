import { type AddressInfo, connect, createServer } from 'node:net';
import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';
import { until } from '../support/until.ts';

const EAGER = ['--repl-diskless-sync-delay', '0'];

describeWithServers('a master that is demoted between a write and its WAIT', () => {
  test('what it took is repeated on the master that the endpoint leads to then', async () => {
    const master = await RedisProcess.start(EAGER);
    const replica = await RedisProcess.start([
      ...EAGER,
      '--replicaof',
      '127.0.0.1',
      `${master.port}`,
    ]);
    const other = await RedisProcess.start([
      ...EAGER,
      '--replicaof',
      '127.0.0.1',
      `${replica.port}`,
    ]);
    await until('both follow', async () => String(await other.ask('ROLE')).includes('connected'));
    await until('the first follows', async () =>
      String(await replica.ask('ROLE')).includes('connected'),
    );

    let target = master;
    const endpoint = createServer((socket) => {
      const backend = connect(target.port, '127.0.0.1');
      socket.on('error', () => {}).on('close', () => backend.destroy());
      backend.on('error', () => {}).on('close', () => socket.destroy());
      backend.pipe(socket);
      socket.on('data', async (request) => {
        if (target === master && request.includes('WAIT')) {
          target = replica;
          await replica.ask('REPLICAOF', 'NO', 'ONE');
          await master.ask('REPLICAOF', '127.0.0.1', `${replica.port}`);
        }
        backend.write(request);
      });
    });
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
    const { port } = endpoint.address() as AddressInfo;
    const client = new Redis({ port, host: '127.0.0.1' });
    const store = new RedisStore({
      client,
      timeout: 30_000,
      replicas: { count: 1, timeout: 9_000 },
    });

    const claimed = await store.claim('key', { token: createToken(), lease: 60_000 });
    expect(claimed.outcome).toBe('acquired');
    expect(target).toBe(replica);

    client.disconnect();
    endpoint.close();
    await Promise.all([master.close(), replica.close(), other.close()]);
  });
});
