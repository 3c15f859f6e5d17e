import { createToken } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rejection } from '../support/expect-code.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';
import { SteeredProxy } from '../support/steered-proxy.ts';
import { until } from '../support/until.ts';

const LEASE = 60_000;

describeWithServers('a database that a server does not have', () => {
  let many: RedisProcess;
  let few: RedisProcess;
  beforeAll(async () => {
    [many, few] = await Promise.all([
      RedisProcess.start([]),
      RedisProcess.start(['--databases', '2']),
    ]);
  });
  afterAll(() => Promise.all([many.close(), few.close()]));

  test('is not confirmed by a SELECT that a MULTI of the application has queued', async () => {
    const client = new Redis({ port: few.port, db: 7 });
    client.on('error', () => {});
    await client.ping();
    const store = new RedisStore({ client });
    const claim = { token: createToken(), lease: LEASE };
    await client.multi({ pipeline: false });
    const queued = await rejection(store.claim('key', claim), 'IDEM_STORE_FAILED');
    expect(queued.message).toContain('MULTI');
    await client.discard();
    const refused = await rejection(store.claim('key', claim), 'IDEM_STORE_FAILED');
    expect(refused.message).toMatch(/DB index is out of range/);
    expect(await few.admin.dbsize()).toBe(0);
    client.disconnect();
  });

  test('what ioredis sends again in database 0 is not taken for the answer', async () => {
    // The server knows the script, so that what is sent again is executed.
    const knowing = new RedisStore({ client: few.admin });
    await knowing.claim('known', { token: createToken(), lease: LEASE });

    let target = many.port;
    let sent = false;
    await using proxy = await SteeredProxy.listen(
      () => target,
      (request) => {
        if (target !== many.port || !request.includes('in flight')) return false;
        sent = true;
        return true;
      },
    );
    const client = new Redis({ port: proxy.port, db: 7 });
    client.on('error', () => {});
    const store = new RedisStore({ client });
    await store.exists('in its database');
    const claiming = store.claim('in flight', { token: createToken(), lease: LEASE });
    const refused = rejection(claiming, 'IDEM_STORE_FAILED');
    await until('the claim is under way', () => sent);
    target = few.port;
    client.disconnect(true);
    expect((await refused).message).toMatch(/DB index is out of range/);
    client.disconnect();
  });
});
