import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { expect, test } from 'vitest';
import { describeOnRealServer } from '../support/real-server.ts';

const value = new Uint8Array([1]);
const LEASE = 600_000;
const HOUR = 3_600_000_000;

// The server's clock is not a test's to set. What a step back leaves is a row from the future.
describeOnRealServer('after the clock has stepped back by an hour', {}, (at) => {
  const store = () => new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
  const written = (key: string): Promise<unknown[]> =>
    at.query(
      `UPDATE dbo.${at.table} SET Fence = Fence + ${HOUR}, EndsAt = DATEADD(HOUR, 1, EndsAt) WHERE IdempotencyKey = @1`,
      [key],
    );
  const fenceOf = async (key: string): Promise<number> => {
    const claimed = await store().claim(key, { token: createToken(), lease: LEASE });
    if (claimed.outcome !== 'acquired') throw new Error(claimed.outcome);
    return claimed.fence;
  };

  test('a key that was released gets a greater fence, each time', async () => {
    const token = createToken();
    const claimed = await store().claim('released', { token, lease: LEASE });
    const before = claimed.outcome === 'acquired' ? claimed.fence + HOUR : 0;
    await store().release('released', token);
    await written('released');
    const next = await fenceOf('released');
    expect(next).toBeGreaterThan(before);
    await store().remove('released');
    expect(await fenceOf('released')).toBeGreaterThan(next);
  });

  test('a claim lasts longer and never shorter, and its holder goes on', async () => {
    const token = createToken();
    await store().claim('held', { token, lease: LEASE });
    await written('held');
    const seen = await store().claim('held', { token: createToken(), lease: LEASE });
    expect(seen.outcome === 'in-progress' && seen.leaseRemaining > LEASE).toBe(true);
    await expect(store().inspect('held')).resolves.toMatchObject({ state: 'claimed', heldFor: 0 });
    await expect(store().renew('held', token, LEASE)).resolves.toBe(true);
    await expect(store().complete('held', token, value, LEASE)).resolves.toBe(true);
    await expect(store().find('held')).resolves.toEqual(value);
  });

  test('the purge takes nothing too early', async () => {
    await store().store('recorded', value, LEASE);
    await written('recorded');
    await store().purgeExpired();
    await expect(store().exists('recorded')).resolves.toBe(true);
  });
});
