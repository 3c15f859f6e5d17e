import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { rejection } from '../support/expect-code.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';
import { SteeredProxy } from '../support/steered-proxy.ts';

const LEASE = 60_000;

describeWithServers('a replica that has not heard of a claim', () => {
  test('does not say that it is lost: what is completed there is sent to the master, or refused', async () => {
    const [master, replica] = await Promise.all([RedisProcess.start([]), RedisProcess.start([])]);
    const onMaster = new RedisStore({ client: master.admin });
    // Of a master that it does not reach; it goes on serving what it has.
    await replica.ask('REPLICAOF', '127.0.0.1', '1');

    let target = replica;
    await using proxy = await SteeredProxy.listen(() => target.port);
    const client = new Redis({ port: proxy.port, host: '127.0.0.1' });
    client.on('error', () => {});
    const claim = { token: createToken(), lease: LEASE };
    for (const key of ['refused', 'recorded']) await onMaster.claim(key, claim);

    const hasty = new RedisStore({ client, timeout: 500 });
    const refused = hasty.complete('refused', claim.token, Buffer.of(1), LEASE);
    expect((await rejection(refused, 'IDEM_STORE_UNAVAILABLE')).message).toContain('READONLY');

    const patient = new RedisStore({ client });
    const completing = patient.complete('recorded', claim.token, Buffer.of(1), LEASE);
    target = master;
    expect(await completing).toBe(true);
    expect(await onMaster.exists('recorded')).toBe(true);

    client.disconnect();
    await Promise.all([master.close(), replica.close()]);
  });
});
