import { createToken, type IdempotencyStore } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rejection } from '../support/expect-code.ts';
import { HeldProxy } from '../support/held-proxy.ts';
import { PATIENT_TIMEOUT } from '../support/patience.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';
import { until } from '../support/until.ts';

const LEASE = 60_000;
const EAGER = ['--repl-diskless-sync-delay', '0'];
const value = Buffer.of(1);
const token = createToken();

describeWithServers('what is repeated on another connection than the one that wrote it', () => {
  let master: RedisProcess;
  let replica: RedisProcess;
  let pid: number;
  beforeAll(async () => {
    master = await RedisProcess.start(EAGER);
    replica = await follow(master);
    pid = await replica.pid();
  });
  afterAll(async () => {
    process.kill(pid, 'SIGCONT');
    await Promise.all([master.close(), replica.close()]);
  });

  test('is not acknowledged while no replica has it', async () => {
    const withNewConnection = async (
      work: (store: IdempotencyStore) => Promise<unknown>,
    ): Promise<unknown> => {
      const client = new Redis({ port: master.port });
      const replicas = { count: 1, timeout: 200 };
      const store = new RedisStore({ client, timeout: 60_000, replicas });
      return work(store).finally(() => client.disconnect());
    };
    const known = new RedisStore({ client: master.admin });
    await known.claim('to be completed', { token, lease: LEASE });
    const claim = (store: IdempotencyStore) => store.claim('claimed', { token, lease: LEASE });
    const complete = (store: IdempotencyStore) =>
      store.complete('to be completed', token, value, LEASE);

    process.kill(pid, 'SIGSTOP');
    for (const work of [claim, complete]) {
      for (const _twice of [1, 2]) await rejection(withNewConnection(work), 'IDEM_NOT_REPLICATED');
    }
    process.kill(pid, 'SIGCONT');
    await until('the replica is back', async () =>
      withNewConnection(complete).then(
        (answer) => answer === true,
        () => false,
      ),
    );
    expect(await withNewConnection(claim)).toMatchObject({ outcome: 'acquired' });
  });

  test('is not acknowledged by a WAIT that ioredis sends again to another server', async () => {
    // As after a failover: it has a replica, and has not heard of the write.
    await using promoted = await RedisProcess.start(EAGER);
    await using follower = await follow(promoted);
    let target = master;
    await using proxy = await HeldProxy.listen(() => target.port);
    const client = new Redis({ port: proxy.port, host: '127.0.0.1' });
    client.on('error', () => {});
    const replicas = { count: 1, timeout: PATIENT_TIMEOUT - 1 };
    const store = new RedisStore({ client, timeout: PATIENT_TIMEOUT, replicas });
    process.kill(pid, 'SIGSTOP');
    const claiming = store.claim('resent', { token, lease: LEASE });
    await until('it waits', () => /resent[\s\S]*wait/i.test(proxy.data?.asked ?? ''));
    target = promoted;
    proxy.data?.client.destroy();
    expect(await claiming).toMatchObject({ outcome: 'acquired' });
    process.kill(pid, 'SIGCONT');
    expect(await promoted.admin.exists('idempotency:resent')).toBe(1);
    expect(await follower.admin.exists('idempotency:resent')).toBe(1);
    expect(proxy.data?.asked.search(/\bwait\b/i)).toBeLessThan(
      proxy.data?.asked.search(/evalsha/i) ?? 0,
    );
    client.disconnect();
  });
});

async function follow(master: RedisProcess): Promise<RedisProcess> {
  const replica = await RedisProcess.start([
    ...EAGER,
    '--replicaof',
    '127.0.0.1',
    `${master.port}`,
  ]);
  await until('the replica follows', async () =>
    String(await replica.ask('ROLE')).includes('connected'),
  );
  return replica;
}
