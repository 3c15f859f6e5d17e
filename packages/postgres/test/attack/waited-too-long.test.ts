import { setTimeout as sleep } from 'node:timers/promises';
import { createToken } from '@idem/core';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';

const value = new Uint8Array([1]);

describeWithTable('what waits for a lock', (at) => {
  const until = async (text: string, key: string): Promise<void> => {
    while ((await at.query(text, [Buffer.from(key)])).length === 0) await sleep(10);
  };

  // More than a second, for which a completion without a lock of its own is judged ahead.
  const LEASE = 2_000;

  /** Sends it while another session has the row, and lets it have the row when the claim has ended. */
  const lateBy = async <T>(key: string, send: () => Promise<T>): Promise<T> => {
    const locker = await at.pool.connect();
    try {
      await locker.query('BEGIN');
      await locker.query(`SELECT FROM ${at.table} WHERE key = $1 FOR UPDATE`, [Buffer.from(key)]);
      const sent = send();
      await until(`SELECT FROM ${at.table} WHERE key = $1 AND ends_at < clock_timestamp()`, key);
      await locker.query('ROLLBACK');
      return await sent;
    } finally {
      locker.release();
    }
  };

  test('a completion that waited until its lease had ended is false: who read meanwhile saw it lapse', async () => {
    const store = await at.open();
    const token = createToken();
    await store.claim('completed', { token, lease: LEASE });
    const completed = lateBy('completed', () => store.complete('completed', token, value, 60_000));
    expect(await completed).toBe(false);
    expect(await store.exists('completed')).toBe(false);
  });

  test('a remove that waited until the claim had lapsed leaves the takeover owed', async () => {
    const store = await at.open();
    await store.claim('removed', { token: createToken(), lease: LEASE });
    await lateBy('removed', () => store.remove('removed'));
    expect(await store.inspect('removed')).toMatchObject({ state: 'vacant', takeover: true });
  });
});
