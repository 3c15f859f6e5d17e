import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { expect, test } from 'vitest';
import { describeWithTable } from './support/table.ts';

const value = new Uint8Array([1]);
const LEASE = 600_000;
const DAY = 86_400_000;

describeWithTable('inspect', (at) => {
  const open = () => new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
  const set = (key: string, what: string): Promise<unknown[]> =>
    at.query(`UPDATE dbo.${at.table} SET ${what} WHERE IdempotencyKey = @1`, [key]);

  test('tells a key that nobody has used from one whose claim lapsed', async () => {
    const store = open();
    await expect(store.inspect('unused')).resolves.toEqual({ state: 'vacant', takeover: false });
    await store.claim('lapsed', { token: createToken(), lease: LEASE });
    await set('lapsed', "EndsAt = '2020-01-01'");
    await expect(store.inspect('lapsed')).resolves.toEqual({ state: 'vacant', takeover: true });
  });

  test('tells a released, a removed and an expired key as vacant, with no takeover owed', async () => {
    const store = open();
    const token = createToken();
    await store.claim('released', { token, lease: LEASE });
    await store.release('released', token);
    await store.store('removed', value, LEASE);
    await store.remove('removed');
    await store.store('expired', value, LEASE);
    await set('expired', "EndsAt = '2020-01-01'");
    for (const key of ['released', 'removed', 'expired']) {
      await expect(store.inspect(key)).resolves.toEqual({ state: 'vacant', takeover: false });
    }
  });

  test('tells who holds a claim, since when and for how long, and changes nothing', async () => {
    const store = open();
    const token = createToken();
    const claimed = await store.claim('held', { token, lease: LEASE, fingerprint: 'abc' });
    await set('held', `Fence = Fence - ${DAY * 1_000}`);
    const rows = await at.query(`SELECT * FROM dbo.${at.table}`);
    const seen = await store.inspect('held');
    expect(seen).toEqual({
      state: 'claimed',
      fence: claimed.outcome === 'acquired' ? claimed.fence - DAY * 1_000 : 0,
      takeover: false,
      fingerprint: 'abc',
      heldFor: expect.any(Number),
      leaseRemaining: expect.any(Number),
    });
    if (seen.state !== 'claimed') return;
    expect(Number.isInteger(seen.heldFor) && seen.heldFor >= DAY).toBe(true);
    expect(Number.isInteger(seen.leaseRemaining) && seen.leaseRemaining <= LEASE).toBe(true);
    await expect(at.query(`SELECT * FROM dbo.${at.table}`)).resolves.toEqual(rows);
  });

  test('a claim whose fence is ahead of the clock has been held for no time', async () => {
    const store = open();
    await store.claim('ahead', { token: createToken(), lease: LEASE });
    await set('ahead', 'Fence = Fence + 3600000000');
    await expect(store.inspect('ahead')).resolves.toMatchObject({ state: 'claimed', heldFor: 0 });
  });

  test('tells a takeover to whoever looks while it is held', async () => {
    const store = open();
    await store.claim('taken', { token: createToken(), lease: LEASE });
    await set('taken', "EndsAt = '2020-01-01'");
    await store.claim('taken', { token: createToken(), lease: LEASE });
    await expect(store.inspect('taken')).resolves.toMatchObject({
      state: 'claimed',
      takeover: true,
    });
  });

  test('tells a completed record without its value', async () => {
    const store = open();
    const token = createToken();
    await store.claim('done', { token, lease: LEASE, fingerprint: 'abc' });
    await store.complete('done', token, value, LEASE);
    await expect(store.inspect('done')).resolves.toEqual({
      state: 'completed',
      fingerprint: 'abc',
      ttlRemaining: expect.any(Number),
    });
  });

  test('reports a corrupt record', async () => {
    const store = open();
    await store.store('broken', value, LEASE);
    await set('broken', 'ValueCrc32 = NULL');
    await expect(store.inspect('broken')).rejects.toMatchObject({ code: 'IDEM_RECORD_CORRUPT' });
  });

  test('no wake-up is promised, and the store says why', async () => {
    const { wakeUp } = open().supports;
    expect(wakeUp).toEqual({ promised: false, reason: expect.stringContaining('asks again') });
  });
});
