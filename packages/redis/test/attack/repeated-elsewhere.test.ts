import { createToken, type IdempotencyStore } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rejection } from '../support/expect-code.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';
import { until } from '../support/until.ts';

const LEASE = 60_000;
const EAGER = ['--repl-diskless-sync-delay', '0'];
const value = Buffer.of(1);

describeWithServers('what is repeated on another connection than the one that wrote it', () => {
  let master: RedisProcess;
  let replica: RedisProcess;
  let pid: number;
  beforeAll(async () => {
    master = await RedisProcess.start(EAGER);
    replica = await RedisProcess.start([...EAGER, '--replicaof', '127.0.0.1', `${master.port}`]);
    await until('the replica follows', async () =>
      String(await replica.ask('ROLE')).includes('connected'),
    );
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
    const token = createToken();
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
});
