import { createToken, Idempotency } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { inPgTransaction } from '@idem/postgres/pg';
import { until } from '@idem-workspace/test-servers/postgres';
import pg from 'pg';
import { expect, test } from 'vitest';
import { describeWithTable } from './support/table.ts';
import { PATIENT } from './support/url.ts';

const TTL = 600_000;

describeWithTable('handlers that hold every connection of the pool', (at) => {
  const endOf = async (key: string): Promise<unknown> => {
    const text = `SELECT ends_at::text AS ends FROM ${at.table} WHERE key = $1`;
    return (await at.query(text, [Buffer.from(key)]))[0]?.['ends'];
  };
  const sessions = async (name: string): Promise<number> => {
    const text = 'SELECT FROM pg_stat_activity WHERE application_name = $1';
    return (await at.query(text, [name])).length;
  };

  test('keep their leases: renewals have one connection more', async () => {
    const name = `${at.table}_held`;
    const options = { connectionString: at.server, application_name: name, max: 2 };
    const pool = new pg.Pool(options);
    const store = new PostgresStore<pg.PoolClient>({ pool, table: at.table, timeout: PATIENT });
    const idempotency = new Idempotency({ store, ttl: TTL, lease: 12_000 });
    let holding = 0;
    const hold = (key: string): Promise<unknown> =>
      idempotency.runInTransaction(key, inPgTransaction<pg.PoolClient>(pool), async () => {
        holding += 1;
        await until('both hold one', () => holding === 2);
        const ends = await endOf(key);
        await until(`${key} is renewed`, async () => (await endOf(key)) !== ends);
        expect(await sessions(name)).toBe(3);
        return key;
      });
    const both = await Promise.all(['one', 'other'].map(hold));
    expect(both).toMatchObject([{ value: 'one' }, { value: 'other' }]);
    await store.close();
    // What it opened itself is closed, and the pool is as it was.
    await until('it is closed', async () => (await sessions(name)) === 2);
    await pool.end();
  });

  test('leave none for anything else, and nothing is opened for it', async () => {
    const name = `${at.table}_busy`;
    const options = { connectionString: at.server, application_name: name, max: 1 };
    const pool = new pg.Pool(options);
    const taken = await pool.connect();
    const store = new PostgresStore({ pool, table: at.table, timeout: 300 });
    const claim = store.claim('busy', { token: createToken(), lease: TTL });
    await expect(claim).rejects.toMatchObject({ code: 'IDEM_STORE_BUSY' });
    expect(await sessions(name)).toBe(1);
    taken.release();
    await pool.end();
  });
});
