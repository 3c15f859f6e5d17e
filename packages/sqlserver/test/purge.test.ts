import { createToken } from '@idem/core';
import { expect, test } from 'vitest';
import { describeWithTable } from './support/table.ts';

const value = new Uint8Array([1]);

describeWithTable('purging', (at) => {
  const age = (key: string, minutes: number): Promise<unknown[]> =>
    at.query(
      `UPDATE dbo.${at.table} SET EndsAt = DATEADD(MINUTE, -${minutes}, SYSUTCDATETIME()) WHERE IdempotencyKey = @1`,
      [key],
    );
  const keys = async (): Promise<string[]> => {
    const rows = await at.query<{ IdempotencyKey: string }>(
      `SELECT IdempotencyKey FROM dbo.${at.table}`,
    );
    return rows.map((row) => row.IdempotencyKey).toSorted();
  };

  test('deletes what is of no more use, and keeps what is still to be remembered', async () => {
    const store = await at.open({ timeout: 60_000 });
    const token = createToken();
    const claim = (key: string): Promise<unknown> => store.claim(key, { token, lease: 60_000 });
    await store.store('expired long ago', value, 60_000);
    await store.store('expired just now', value, 60_000);
    await store.store('live', value, 60_000);
    for (const key of ['claimed', 'lapsed today', 'lapsed yesterday', 'released']) await claim(key);
    await store.release('released', token);
    await age('expired long ago', 11);
    await age('expired just now', 9);
    await age('lapsed today', 23 * 60);
    await age('lapsed yesterday', 24 * 60 + 1);
    await age('released', 11);
    await expect(store.purgeExpired()).resolves.toBe(3);
    expect(await keys()).toEqual(['claimed', 'expired just now', 'lapsed today', 'live']);
  });

  test('never deletes what is damaged, whose callers have to be told', async () => {
    const store = await at.open({ timeout: 60_000 });
    await store.store('damaged', value, 60_000);
    await age('damaged', 11);
    await at.query(`UPDATE dbo.${at.table} SET Fence = -1 WHERE IdempotencyKey = N'damaged'`);
    await expect(store.purgeExpired()).resolves.toBe(0);
    await expect(store.exists('damaged')).rejects.toMatchObject({ code: 'IDEM_RECORD_CORRUPT' });
    await store.remove('damaged');
  });

  test('goes in batches, reports progress and stops when it is told to', async () => {
    const store = await at.open({ timeout: 60_000 });
    const names = Array.from({ length: 40 }, (_, i) => `batch ${i}`);
    for (const name of names) await store.store(name, value, 60_000);
    await at.query(
      `UPDATE dbo.${at.table} SET EndsAt = '2020-01-01' WHERE IdempotencyKey LIKE 'batch%'`,
    );
    const stop = new AbortController();
    const stopped = store.purgeExpired({
      batch: 1,
      signal: stop.signal,
      onProgress: (deleted) => {
        if (deleted === 3) stop.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
    const progress: number[] = [];
    const deleted = await store.purgeExpired({ batch: 2, onProgress: (n) => progress.push(n) });
    expect(deleted).toBe(names.length - 3);
    expect(progress.at(-1)).toBe(deleted);
    expect(progress.length).toBeGreaterThanOrEqual(deleted / 2);
  });

  test('tells how many rows wait for it, and for how long', async () => {
    const store = await at.open({ timeout: 60_000 });
    await store.purgeExpired();
    await expect(store.purgeBacklog()).resolves.toEqual({ rows: 0, overdue: 0 });
    for (const key of ['waits 1', 'waits 2', 'waits 3', 'too new']) {
      await store.store(key, value, 60_000);
      await age(key, key === 'too new' ? 9 : 20);
    }
    const { rows, overdue } = await store.purgeBacklog();
    expect(rows).toBe(3);
    // They may go ten minutes after their end.
    expect(overdue).toBeGreaterThanOrEqual(10 * 60_000);
    expect(overdue).toBeLessThan(20 * 60_000);
    await expect(store.purgeBacklog({ most: 2 })).resolves.toMatchObject({ rows: 2 });
    await expect(store.purgeExpired()).resolves.toBe(3);
  });

  test.each([0, 1.5, 10_000_001])('a backlog of at most %d rows is refused', async (most) => {
    const store = await at.open({ timeout: 60_000 });
    await expect(store.purgeBacklog({ most })).rejects.toMatchObject({
      code: 'IDEM_INVALID_OPTIONS',
    });
  });

  test('a key whose row was purged gets a greater fence than before', async () => {
    const store = await at.open({ timeout: 60_000 });
    const token = createToken();
    const before = await store.claim('fenced', { token, lease: 60_000 });
    await store.release('fenced', token);
    await age('fenced', 11);
    await store.purgeExpired();
    const after = await store.claim('fenced', { token, lease: 60_000 });
    expect(
      after.outcome === 'acquired' && before.outcome === 'acquired' && after.fence > before.fence,
    ).toBe(true);
  });

  test('a ROWCOUNT that an application left on the session does not end it early', async () => {
    const rows = [1, 2, 3].map(
      (n) =>
        `(0x${n.toString(16).padStart(64, '0')}, N'old', 'vacant', 1, 0, DATEADD(DAY, -3, SYSUTCDATETIME()), 3)`,
    );
    await at.query(
      `INSERT INTO dbo.${at.table} (KeyHash, IdempotencyKey, State, Fence, Takeover, EndsAt, PurgeShard) VALUES ${rows.join(', ')}`,
    );
    const [answer] = await at.query<{ deleted: number }>(
      `SET ROWCOUNT 1; EXEC dbo.${at.table}_Purge_1 @Shard = 3, @Batch = 500`,
    );
    expect(answer?.deleted).toBe(3);
  });

  test.each([-1, 60_001, 0.5])('a pause of %d ms is refused', async (pause) => {
    const store = await at.open({ timeout: 60_000 });
    await expect(store.purgeExpired({ pause })).rejects.toMatchObject({
      code: 'IDEM_INVALID_OPTIONS',
    });
  });

  test.each([0, 1_001, 1.5])('a batch of %d rows is refused', async (batch) => {
    const store = await at.open({ timeout: 60_000 });
    await expect(store.purgeExpired({ batch })).rejects.toMatchObject({
      code: 'IDEM_INVALID_OPTIONS',
    });
  });
});
