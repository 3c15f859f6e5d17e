import { setTimeout as sleep } from 'node:timers/promises';
import { createToken } from '@idem/core';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';

const value = new Uint8Array([1]);

describeWithTable('a completion that waits for a lock', (at) => {
  const until = async (text: string, key: string): Promise<void> => {
    while ((await at.query(text, [Buffer.from(key)])).length === 0) await sleep(10);
  };

  // More than a second, for which a completion without a lock of its own is judged ahead.
  const LEASE = 2_000;

  test('until its lease has ended is false: who read meanwhile saw it lapse', async () => {
    const store = await at.open();
    const token = createToken();
    await store.claim('late', { token, lease: LEASE });
    const locker = await at.pool.connect();
    try {
      await locker.query('BEGIN');
      await locker.query(`SELECT FROM ${at.table} WHERE key = $1 FOR UPDATE`, [
        Buffer.from('late'),
      ]);
      const completed = store.complete('late', token, value, 60_000);
      await until(`SELECT FROM ${at.table} WHERE key = $1 AND ends_at < clock_timestamp()`, 'late');
      expect(await store.inspect('late')).toMatchObject({ state: 'vacant', takeover: true });
      await locker.query('ROLLBACK');
      expect(await completed).toBe(false);
      expect(await store.exists('late')).toBe(false);
    } finally {
      locker.release();
    }
  });
});
