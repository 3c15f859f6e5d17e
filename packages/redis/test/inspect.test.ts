import { createToken } from '@idem/core';
import { MAX_DURATION } from '@idem/core/adapter';
import { RedisStore } from '@idem/redis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisProcess } from './support/redis-process.ts';
import { describeWithServers } from './support/skip.ts';
import { until } from './support/until.ts';

const LEASE = 60_000;
const value = Buffer.from('result');

describeWithServers('inspect', () => {
  let server: RedisProcess;
  let store: RedisStore;
  beforeAll(async () => {
    server = await RedisProcess.start();
    store = await RedisStore.connect(server.url);
  });
  afterAll(async () => {
    await store.close();
    await server.close();
  });

  test('a vacant key', async () => {
    expect(await store.inspect('nothing')).toEqual({ state: 'vacant', takeover: false });
    const token = createToken();
    await store.claim('released', { token, lease: LEASE });
    await store.release('released', token);
    expect(await store.inspect('released')).toEqual({ state: 'vacant', takeover: false });
  });

  test('a lapsed claim is vacant, and its takeover owed', async () => {
    await store.claim('lapsed', { token: createToken(), lease: 1 });
    await until('the claim has lapsed', async () => {
      const { state } = await store.inspect('lapsed');
      return state === 'vacant';
    });
    expect(await store.inspect('lapsed')).toEqual({ state: 'vacant', takeover: true });
    await store.claim('lapsed', { token: createToken(), lease: LEASE });
    expect(await store.inspect('lapsed')).toMatchObject({ state: 'claimed', takeover: true });
  });

  test('a claim: its fence, its fingerprint and, by the server, since when and until when', async () => {
    const token = createToken();
    const claim = await store.claim('held', { token, lease: LEASE, fingerprint: 'f=1' });
    const found = await store.inspect('held');
    expect(found).toMatchObject({ state: 'claimed', takeover: false, fingerprint: 'f=1' });
    if (found.state !== 'claimed' || claim.outcome !== 'acquired') throw new Error('not claimed');
    expect(found.fence).toBe(claim.fence);
    expect(found.leaseRemaining).toBeGreaterThan(0);
    expect(found.leaseRemaining + found.heldFor).toBeLessThanOrEqual(LEASE + 1);
    await store.renew('held', token, 2 * LEASE);
    const renewed = await store.inspect('held');
    if (renewed.state !== 'claimed') throw new Error('not claimed');
    expect(renewed.heldFor).toBeGreaterThanOrEqual(found.heldFor);
    expect(renewed.leaseRemaining).toBeGreaterThan(LEASE);
  });

  test('whatever is left of a lease of one millisecond, its holder has one', async () => {
    const remaining = { claim: 0, inspect: 0 };
    const told = (one: number, other: number): void => {
      remaining.claim ||= one;
      remaining.inspect ||= other;
    };
    // Most of them come to the server in the same millisecond, and go out together.
    await until('both were asked before it was over', async () => {
      const key = `short ${createToken()}`;
      const [, found, claim] = await Promise.all([
        store.claim(key, { token: createToken(), lease: 1 }),
        store.inspect(key),
        store.claim(key, { token: createToken(), lease: 1 }),
      ]);
      told(
        claim.outcome === 'in-progress' ? claim.leaseRemaining : 0,
        found.state === 'claimed' ? found.leaseRemaining : 0,
      );
      return remaining.claim > 0 && remaining.inspect > 0;
    });
    expect(remaining).toEqual({ claim: 1, inspect: 1 });
  });

  test('a fence ahead of the clock never makes it held for less than nothing', async () => {
    const token = createToken();
    const ahead = `${(Date.now() + 3_600_000) * 1000}`;
    await server.admin.set(
      'idempotency:ahead',
      `idem1 claimed ${ahead} 0 ${token} \n`,
      'PX',
      2 * 86_400_000,
    );
    expect(await store.inspect('ahead')).toMatchObject({ state: 'claimed', heldFor: 0 });
  });

  test('a completed record, without its value', async () => {
    const token = createToken();
    await store.claim('done', { token, lease: LEASE, fingerprint: 'abc' });
    await store.complete('done', token, value, LEASE);
    const found = await store.inspect('done');
    expect(found).toMatchObject({ state: 'completed', fingerprint: 'abc' });
    if (found.state !== 'completed') throw new Error('not completed');
    expect(found.ttlRemaining).toBeGreaterThan(0);
    expect(found.ttlRemaining).toBeLessThanOrEqual(LEASE);
    await server.admin.persist('idempotency:done');
    expect(await store.inspect('done')).toMatchObject({ ttlRemaining: MAX_DURATION });
    await store.store('stored', value, LEASE);
    expect(await store.inspect('stored')).toMatchObject({ state: 'completed', fingerprint: null });
  });
});
