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

  test('a completion that is slow by itself is not sent again for ever', async () => {
    const store = await at.open({ timeout: 60_000 });
    const token = createToken();
    await store.claim('slow', { token, lease: 600_000 });
    // As of a large value on a busy server: longer than the second for which no lock is taken.
    await at.query(
      `CREATE FUNCTION ${at.table}_slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(1.1); RETURN NEW; END'`,
    );
    await at.query(
      `CREATE TRIGGER slow BEFORE UPDATE ON ${at.table} FOR EACH ROW WHEN (NEW.state = 'completed') EXECUTE FUNCTION ${at.table}_slow()`,
    );
    const completed = store.complete('slow', token, value, 60_000);
    await completed.finally(() => at.query(`DROP FUNCTION ${at.table}_slow CASCADE`));
    expect(await completed).toBe(true);
    expect(await store.find('slow')).toEqual(value);
  });

  const LIFE = 60_000;

  /** Sends it while another session has inserted the same key, rolls that back, and tells whether its time began then. */
  const beganWithTheRollback = async (
    key: string,
    send: () => Promise<unknown>,
  ): Promise<unknown> => {
    const inserter = await at.pool.connect();
    try {
      await inserter.query('BEGIN');
      const { rows } = await inserter.query(
        `INSERT INTO ${at.table} (key, state, fence, takeover, ends_at) VALUES ($1, 'vacant', 0, false, now())
         RETURNING pg_backend_pid() AS pid`,
        [Buffer.from(key)],
      );
      const sent = send();
      const waits = 'SELECT FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))';
      while ((await at.query(waits, [rows[0].pid])).length === 0) await sleep(10);
      // Longer than a write takes that waits for nobody.
      await sleep(50);
      const [moment] = await at.query('SELECT clock_timestamp()::text AS now', []);
      await inserter.query('ROLLBACK');
      await sent;
      const began = `SELECT ends_at >= $2::timestamptz + $3 * interval '1 ms' AS late FROM ${at.table} WHERE key = $1`;
      const [row] = await at.query(began, [Buffer.from(key), moment?.['now'], LIFE]);
      return row?.['late'];
    } finally {
      inserter.release();
    }
  };

  test('a store that waited for an insert that was rolled back counts its ttl from then', async () => {
    const store = await at.open();
    const stored = beganWithTheRollback('stored', () => store.store('stored', value, LIFE));
    expect(await stored).toBe(true);
  });

  test('a claim that waited for an insert that was rolled back counts its lease from then', async () => {
    const store = await at.open();
    const claim = { token: createToken(), lease: LIFE };
    expect(await beganWithTheRollback('claimed', () => store.claim('claimed', claim))).toBe(true);
  });
});
