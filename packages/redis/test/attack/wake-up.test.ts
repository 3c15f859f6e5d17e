import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';
import { until } from '../support/until.ts';

async function connectionsMade(server: RedisProcess): Promise<number> {
  const stats = await server.admin.info('stats');
  return Number(/total_connections_received:(\d+)/.exec(stats)?.[1]);
}

async function connections(server: RedisProcess): Promise<number> {
  return String(await server.admin.client('LIST'))
    .trim()
    .split('\n').length;
}

describeWithServers('who listens', () => {
  test('a store that is closed while it begins to listen leaves no connection behind', async () => {
    const server = await RedisProcess.start([]);
    const client = new Redis(server.port);
    await client.ping();
    const store = new RedisStore({ client, wakeUp: true });
    const [open, made] = [await connections(server), await connectionsMade(server)];

    store.watch('key', () => {});
    await store.close();
    await until('it has connected', async () => (await connectionsMade(server)) > made);
    await until('it has gone', async () => (await connections(server)) === open);

    client.disconnect();
    await server.close();
  });

  test('a channel that was forbidden is listened to by whoever watches once it is not', async () => {
    const server = await RedisProcess.start([]);
    await server.admin.acl('SETUSER', 'idem', 'on', '>secret', '~*', 'resetchannels', '+@all');
    const client = new Redis({ port: server.port, username: 'idem', password: 'secret' });
    const store = new RedisStore({ client, wakeUp: true });
    let wakes = 0;
    store.watch('key', () => {
      wakes += 1;
    });
    await until('it is refused', async () => String(await server.admin.acl('LOG')).includes('key'));
    await client.ping();
    expect(wakes).toBe(0);

    await server.admin.acl('SETUSER', 'idem', 'allchannels');
    await until('it listens', () => {
      store.watch('key', () => {})();
      return wakes > 0;
    });

    await store.close();
    client.disconnect();
    await server.close();
  });
});
