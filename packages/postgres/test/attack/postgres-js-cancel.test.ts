import { createToken } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import postgres from 'postgres';
import { expect, test, vi } from 'vitest';
import { describeWithTable } from '../support/table.ts';

const LEASE = 600_000;

describeWithTable('what is given up on postgres.js', (at) => {
  const claim = (store: PostgresStore, key: string, signal?: AbortSignal): Promise<unknown> =>
    store.claim(key, { token: createToken(), lease: LEASE }, { signal });
  const opened = (max: number, timeout: number) => {
    const sql = postgres(at.server, { max, onnotice: () => {} });
    const store = new PostgresStore({ pool: sql, table: at.table, timeout });
    return { sql, store };
  };
  test('loses no connection: one that is opened for it, one that is idle, and one that is busy', async () => {
    const { sql, store } = opened(1, 60_000);
    for (const key of ['opened for it', 'idle', 'idle again']) {
      const controller = new AbortController();
      const given = claim(store, key, controller.signal);
      controller.abort('gone');
      await expect(given).rejects.toBe('gone');
      await expect(claim(store, `after ${key}`)).resolves.toMatchObject({ outcome: 'acquired' });
    }
    const busy = sql`SELECT pg_sleep(0.05) IS NULL AS slept`;
    const controller = new AbortController();
    const many = Array.from({ length: 5 }, (_, i) => claim(store, `busy ${i}`, controller.signal));
    const beside = claim(store, 'beside');
    await Promise.resolve();
    controller.abort('gone');
    const ends = await Promise.allSettled(many);
    expect(ends.map(({ status }) => status)).toEqual(many.map(() => 'rejected'));
    await expect(beside).resolves.toMatchObject({ outcome: 'acquired' });
    await expect(busy).resolves.toEqual([{ slept: false }]);
    await sql.end();
  });

  test('takes no effect when it had not been sent', async () => {
    const { sql, store } = opened(1, 60_000);
    const controller = new AbortController();
    const holder = await at.pool.connect();
    const lock = [`never sent ${at.table}`];
    await holder.query('SELECT pg_advisory_lock(hashtext($1))', lock);
    // Its one connection waits, and nothing is sent behind it.
    const busy = sql.unsafe('SELECT pg_advisory_lock(hashtext($1))', lock).execute();
    const given = claim(store, 'never sent', controller.signal);
    await vi.waitUntil(() => Reflect.get(busy, 'state') !== null, { timeout: 30_000 });
    controller.abort('gone');
    await expect(given).rejects.toBe('gone');
    await holder.query('SELECT pg_advisory_unlock_all()');
    holder.release();
    await busy;
    await expect(store.inspect('never sent')).resolves.toMatchObject({ state: 'vacant' });
    await sql.end();
  });
});
