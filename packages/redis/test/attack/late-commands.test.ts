import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rejection } from '../support/expect-code.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';
import { SteeredProxy } from '../support/steered-proxy.ts';
import { until } from '../support/until.ts';

const TTL = 60_000;
/** More than the buffers of both ends of a connection hold. */
const MUCH = Array.from({ length: 30 }, () => Buffer.alloc(1_048_576, 0x80));

describeWithServers('what waits within a driver', () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await RedisProcess.start([]);
  });
  afterAll(() => server.close());

  test('what node-redis holds back for a socket that takes no more is not sent after its deadline', async () => {
    const sockets = new Set<Socket>();
    const proxy = createServer((socket) => {
      const backend = connect(server.port, '127.0.0.1');
      sockets.add(socket);
      socket.on('error', () => {}).pipe(backend);
      backend.on('error', () => {}).pipe(socket);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: 10 } });
    client.on('error', () => {});
    await client.connect();
    const store = new RedisStore({ client, timeout: 300 });
    const patient = new RedisStore({ client });
    await patient.store('known', Buffer.from('so the server knows the script'), TTL);

    for (const socket of sockets) socket.unpipe().pause();
    const filling = MUCH.map((bytes, i) => store.store(`much ${i}`, bytes, TTL));
    const late = store.store('late', Buffer.from('old'), TTL);
    await Promise.allSettled(filling);
    await rejection(late, 'IDEM_STORE_TIMEOUT');
    for (const socket of sockets) socket.destroy();

    await patient.exists('comes after all that was held back');
    expect(await patient.find('late')).toBeNull();
    client.destroy();
    proxy.close();
  });

  test('with enableAutoPipelining an operation is sent though an earlier one has no answer', async () => {
    const seen: string[] = [];
    await using proxy = await SteeredProxy.listen(
      () => server.port,
      (request) => {
        seen.push(request);
        return request.includes('unheard');
      },
    );
    const client = new Redis({ port: proxy.port, host: '127.0.0.1', enableAutoPipelining: true });
    const store = new RedisStore({ client });
    await store.find('known');
    const first = store.find('unheard 1');
    await until('the first is sent', () => seen.some((text) => text.includes('unheard 1')));
    const second = store.find('unheard 2');
    await until('the second is sent', () => seen.some((text) => text.includes('unheard 2')));
    client.disconnect();
    await Promise.allSettled([first, second]);
  });
});
