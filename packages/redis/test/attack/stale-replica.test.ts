import { createToken, type IdempotencyStore } from '@idem/core';
import { RedisStore } from '@idem/redis';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PATIENT_TIMEOUT } from '../support/patience.ts';
import { RedisProcess } from '../support/redis-process.ts';
import { describeWithServers } from '../support/skip.ts';
import { SteeredProxy } from '../support/steered-proxy.ts';

const LEASE = 600_000;
const transient = { retryable: true };
const claim = { token: createToken(), lease: LEASE };

/** What only the master may say of a claim of which the replica has not heard. */
const answers: Readonly<
  Record<string, (store: IdempotencyStore, key: string) => Promise<boolean>>
> = {
  'it is lost, to complete': (store, key) => store.complete(key, claim.token, Buffer.of(1), LEASE),
  'it is lost, to renew': (store, key) => store.renew(key, claim.token, LEASE),
  'it is lost, to release': (store, key) => store.release(key, claim.token),
  'it is removed, to remove': async (store, key) => {
    await store.remove(key);
    return true;
  },
};

describeWithServers('a replica that has not heard of a claim does not say that', () => {
  let master: RedisProcess;
  let replica: RedisProcess;
  let onMaster: RedisStore;
  beforeAll(async () => {
    [master, replica] = await Promise.all([RedisProcess.start([]), RedisProcess.start([])]);
    onMaster = new RedisStore({ client: master.admin });
    // Each of these was there before the claim, and the replica has it still.
    for (const name of Object.keys(answers)) {
      const theirs = { token: createToken(), lease: LEASE };
      for (const server of [master, replica]) {
        const store = new RedisStore({ client: server.admin });
        for (const before of ['released', 'completed']) {
          await store.claim(`${name}, ${before}`, theirs);
        }
        await store.release(`${name}, released`, theirs.token);
        await store.complete(`${name}, completed`, theirs.token, Buffer.of(2), LEASE);
      }
    }
    // Of a master that it does not reach; it goes on serving what it has.
    await replica.ask('REPLICAOF', '127.0.0.1', '1');
  });
  afterAll(() => Promise.all([master.close(), replica.close()]));

  test.each(Object.entries(answers))('%s', async (name, ask) => {
    let target = replica;
    await using proxy = await SteeredProxy.listen(() => target.port);
    const client = new Redis({ port: proxy.port, host: '127.0.0.1' });
    client.on('error', () => {});
    // Before the proxy, which waits for its connections to end.
    using _ = { [Symbol.dispose]: () => client.disconnect() };
    const hasty = new RedisStore({ client, timeout: 300 });
    const patient = new RedisStore({ client, timeout: PATIENT_TIMEOUT });

    const removes = name.endsWith('to remove');
    const keys = ['', ', released', ...(removes ? [] : [', completed'])].map((end) => name + end);
    for (const key of keys) {
      await onMaster.remove(key);
      await onMaster.claim(key, claim);
    }
    const refusals = keys.map((key) => expect(ask(hasty, key)).rejects.toMatchObject(transient));
    await Promise.all(refusals);
    const asked = keys.map((key) => ask(patient, key));
    target = master;
    expect(await Promise.all(asked)).toEqual(keys.map(() => true));
    for (const key of removes ? keys : []) {
      expect(await onMaster.inspect(key)).toMatchObject({ state: 'vacant' });
    }
  });
});
