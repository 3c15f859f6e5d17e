import { createToken } from '@idem/core';
import { expect, test } from 'vitest';
import { describeWithTable } from './support/table.ts';

const value = new Uint8Array([1]);

describeWithTable('purging', (at) => {
  const age = (key: string, minutes: number): Promise<unknown[]> =>
    at.query(`UPDATE ${at.table} SET ends_at = now() - $2 * interval '1 minute' WHERE key = $1`, [
      Buffer.from(key),
      minutes,
    ]);
  const keys = async (): Promise<string[]> => {
    const rows = await at.query<{ key: string }>(
      `SELECT convert_from(key, 'UTF8') AS key FROM ${at.table}`,
    );
    return rows.map(({ key }) => key).toSorted();
  };
  const empty = (): Promise<unknown> => at.query(`TRUNCATE ${at.table}`);
  /** So many expired rows, `perPage` of them on a page at most. */
  const fill = (count: number, filler = 0): Promise<unknown> =>
    at.query(
      `INSERT INTO ${at.table} (key, state, fence, takeover, ends_at, value, value_crc32)
       SELECT convert_to('row ' || n, 'UTF8'), 'completed', 1, false, '2020-01-01', convert_to(repeat('x', $2), 'UTF8'), 0
       FROM generate_series(1, $1) AS n`,
      [count, filler],
    );

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

  test('never deletes what somebody else wrote', async () => {
    const store = await at.open({ timeout: 60_000 });
    await empty();
    await fill(1);
    await at.query(`UPDATE ${at.table} SET state = 'sent'`);
    await expect(store.purgeExpired()).resolves.toBe(0);
    expect(await keys()).toEqual(['row 1']);
  });

  test('never deletes what is damaged, whose callers have to be told', async () => {
    const store = await at.open({ timeout: 60_000 });
    const token = createToken();
    const damages = ["ends_at = '-infinity'", 'fence = -1', 'value_crc32 = 1'];
    await empty();
    for (const [n, damage] of damages.entries()) {
      await store.claim(`claim ${n}`, { token, lease: 60_000 });
      await age(`claim ${n}`, 24 * 60 + 1);
      await at.query(`UPDATE ${at.table} SET ${damage} WHERE key = $1`, [
        Buffer.from(`claim ${n}`),
      ]);
    }
    await expect(store.purgeExpired()).resolves.toBe(0);
    for (const n of damages.keys()) {
      await expect(store.exists(`claim ${n}`)).rejects.toMatchObject({
        code: 'IDEM_RECORD_CORRUPT',
      });
    }
  });

  test('goes in batches, reports progress and stops when it is told to', async () => {
    const store = await at.open({ timeout: 60_000 });
    await empty();
    await fill(40);
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
    expect(deleted).toBe(37);
    expect(progress.at(-1)).toBe(deleted);
    expect(progress.length).toBeGreaterThanOrEqual(deleted / 2);
  });

  test('stopped in its pause, it goes on from there the next time, and comes round', async () => {
    const store = await at.open({ timeout: 60_000 });
    await empty();
    // Four rows a page, so some four hundred pages and seven stretches.
    await fill(1_600, 1_700);
    const seen: (readonly string[])[] = [];
    for (let round = 0; round < 2; round += 1) {
      const before = await keys();
      const stop = new AbortController();
      const cut = store.purgeExpired({
        pause: 60_000,
        signal: stop.signal,
        onProgress: () => setImmediate(() => stop.abort(new Error('enough'))),
      });
      await expect(cut).rejects.toThrow('enough');
      const left = new Set(await keys());
      seen.push(before.filter((key) => !left.has(key)));
    }
    const last = (round: readonly string[] = []): number =>
      Math.max(...round.map((key) => Number(key.slice(4))));
    const total = 1_600;
    const between = (last(seen[1]) - last(seen[0]) + total) % total;
    // The second went on in the stretch after the first, or in the same.
    expect(between).toBeLessThanOrEqual(600);
    await expect(store.purgeExpired()).resolves.toBe(total - seen.flat().length);
    expect(await keys()).toEqual([]);
  });

  test('steps over a row that is in use, and waits for nobody', async () => {
    const store = await at.open({ timeout: 60_000 });
    await empty();
    await fill(3);
    const user = await at.pool.connect();
    try {
      await user.query('BEGIN');
      await user.query(`SELECT FROM ${at.table} WHERE key = 'row 2' FOR NO KEY UPDATE`);
      await expect(store.purgeExpired()).resolves.toBe(2);
      expect(await keys()).toEqual(['row 2']);
    } finally {
      await user.query('ROLLBACK');
      user.release();
    }
    await expect(store.purgeExpired()).resolves.toBe(1);
  });

  test('purges at the same time delete each row once between them', async () => {
    const stores = await Promise.all([1, 2, 3].map(() => at.open({ timeout: 60_000 })));
    await empty();
    await fill(1_000);
    const deleted = await Promise.all(stores.map((store) => store.purgeExpired({ batch: 50 })));
    const rest = (await stores[0]?.purgeExpired()) ?? 0;
    expect(deleted.reduce((sum, one) => sum + one, rest)).toBe(1_000);
    expect(await keys()).toEqual([]);
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

  test('on an interval it purges by itself, until it is disposed', async () => {
    const store = await at.open({ timeout: 60_000 });
    await empty();
    await fill(5);
    const done = new Promise((resolve) => {
      const purger = store.startPurging({
        interval: 1_000,
        onProgress: (deleted) => {
          purger[Symbol.dispose]();
          resolve(deleted);
        },
      });
    });
    await expect(done).resolves.toBe(5);
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
