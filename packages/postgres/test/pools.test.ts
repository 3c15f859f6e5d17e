import { createToken } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import pg from 'pg';
import postgres from 'postgres';
import { describe, expect, test } from 'vitest';
import { namesOf } from '../src/schema/names.ts';
import { describeWithTable } from './support/table.ts';

const value = new Uint8Array([1]);
const LEASE = 600_000;

describeWithTable('connections', (at) => {
  const open = (pool: pg.Pool | pg.Client, timeout = 60_000): PostgresStore =>
    new PostgresStore({ pool, table: at.table, timeout });
  const pidOf = async (client: pg.PoolClient): Promise<unknown> =>
    (await client.query('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;

  test('one that was given back in an open transaction is closed, and nothing is lost in it', async () => {
    const pool = new pg.Pool({ connectionString: at.server, max: 1 });
    const careless = await pool.connect();
    await careless.query('BEGIN');
    careless.release();
    await open(pool).store('left open', value, LEASE);
    await expect(open(at.pool).find('left open')).resolves.toEqual(value);
    await pool.end();
  });

  test('one that was given back in a transaction that began long before is written through by no function', async () => {
    const { function: nameOf } = namesOf({ table: at.table });
    const client = await at.pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_sleep(1.1)');
      const left = client.query(`SELECT ${nameOf('remove')}($1::bytea, NULL)`, ['key']);
      await expect(left).rejects.toMatchObject({ code: 'IDM03' });
    } finally {
      client.release(true);
    }
  });

  test('one that the server ends while it is idle, or is used, does not end the process', async () => {
    const pool = new pg.Pool({ connectionString: at.server, max: 1 });
    pool.on('error', () => {});
    const store = open(pool);
    const client = await pool.connect();
    const pid = await pidOf(client);
    client.release();
    await at.query('SELECT pg_terminate_backend($1)', [pid]);
    await expect(store.exists('any')).resolves.toBe(false);
    // Nobody listens to a client that is out of its pool but whoever took it.
    const locker = await at.pool.connect();
    await locker.query('BEGIN');
    await locker.query(`LOCK TABLE ${at.table}`);
    const waiting = store.store('ended in use', value, LEASE);
    for (;;) {
      const ended = await at.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${at.table}_store%'`,
      );
      if (ended.length > 0) break;
    }
    await locker.query('ROLLBACK');
    locker.release();
    await expect(waiting).resolves.toBeUndefined();
    await pool.end();
  });

  test('what is given up is cancelled at the server, and its connection serves the next', async () => {
    const pool = new pg.Pool({ connectionString: at.server, max: 1 });
    const store = open(pool);
    const locker = await at.pool.connect();
    await locker.query('BEGIN');
    await locker.query(`LOCK TABLE ${at.table}`);
    const stop = new AbortController();
    const waiting = store.store('given up', value, LEASE, { signal: stop.signal });
    const asleep = () =>
      at.query(
        `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${at.table}_store%'`,
      );
    while ((await asleep()).length === 0);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    while ((await asleep()).length > 0);
    await locker.query('ROLLBACK');
    locker.release();
    await expect(store.exists('given up')).resolves.toBe(false);
    await pool.end();
  });

  test('a pool whose connections are all taken: a retryable error that says so', async () => {
    const pool = new pg.Pool({ connectionString: at.server, max: 1 });
    const taken = await pool.connect();
    await expect(open(pool, 200).exists('any')).rejects.toMatchObject({
      code: 'IDEM_STORE_BUSY',
      retryable: true,
    });
    taken.release();
    await expect(open(pool).exists('any')).resolves.toBe(false);
    await pool.end();
  });

  test('a pool that was ended refuses, and who queued in it is told within the deadline', async () => {
    const pool = new pg.Pool({ connectionString: at.server, max: 1 });
    const store = open(pool, 300);
    const taken = await pool.connect();
    const queued = store.exists('any');
    const ending = pool.end();
    await expect(queued).rejects.toMatchObject({
      code: expect.stringMatching(/^IDEM_STORE_(BUSY|UNAVAILABLE)$/),
    });
    await expect(store.exists('any')).rejects.toMatchObject({ code: 'IDEM_STORE_UNAVAILABLE' });
    taken.release();
    await ending;
  });

  test('one client is enough, and type parsers of the application’s are of no account', async () => {
    const client = new pg.Client({ connectionString: at.server });
    await client.connect();
    for (const oid of [16, 17, 20, 23, 25]) client.setTypeParser(oid, () => 'parsed');
    const store = open(client);
    const token = createToken();
    await expect(
      store.claim('one client', { token, lease: LEASE, fingerprint: 'x' }),
    ).resolves.toMatchObject({ outcome: 'acquired', takeover: false });
    await store.complete('one client', token, value, LEASE);
    await expect(store.claim('one client', { token, lease: LEASE })).resolves.toEqual({
      outcome: 'completed',
      value,
      fingerprint: 'x',
    });
    await client.end();
  });

  test('bytes are read in either form that a session gives them', async () => {
    const pool = new pg.Pool({ connectionString: at.server, options: '-c bytea_output=escape' });
    const every = Uint8Array.from({ length: 512 }, (_, i) => i % 256);
    await open(pool).store('escaped', every, LEASE);
    await expect(open(pool).find('escaped')).resolves.toEqual(every);
    await pool.end();
  });

  test('each operation is one query', async () => {
    const texts: string[] = [];
    class Counting extends pg.Client {
      override query = new Proxy(super.query.bind(this), {
        apply: (query, self, args) => {
          texts.push(String(args[0]?.text));
          return Reflect.apply(query, self, args);
        },
      });
    }
    const pool = new pg.Pool({ connectionString: at.server, Client: Counting });
    const store = open(pool);
    const token = createToken();
    const operations: readonly (() => Promise<unknown>)[] = [
      () => store.claim('counted', { token, lease: LEASE }),
      () => store.claim('counted', { token: createToken(), lease: LEASE }),
      () => store.renew('counted', token, LEASE),
      () => store.complete('counted', token, value, LEASE),
      () => store.claim('counted', { token: createToken(), lease: LEASE }),
      () => store.find('counted'),
      () => store.exists('counted'),
      () => store.inspect('counted'),
      () => store.remove('counted'),
      () => store.claim('counted', { token, lease: LEASE }),
      () => store.release('counted', token),
      () => store.store('counted', value, LEASE),
    ];
    for (const operation of operations) await operation();
    expect(texts).toHaveLength(operations.length);
    await pool.end();
  });

  test('close ends nothing that the user handed in', async () => {
    const pool = new pg.Pool({ connectionString: at.server, max: 1 });
    const sql = postgres(at.server, { max: 1 });
    await open(pool).close();
    await new PostgresStore({ pool: sql, table: at.table }).close();
    await expect(pool.query('SELECT 1 AS one')).resolves.toMatchObject({ rows: [{ one: 1 }] });
    await expect(sql`SELECT 1 AS one`).resolves.toMatchObject([{ one: 1 }]);
    await Promise.all([pool.end(), sql.end()]);
  });
});

describe('what is no pool', () => {
  test.each([
    ['nothing', undefined],
    ['no pool', { pool: {} }],
    ['a name that is not known', { pool: new pg.Pool(), tabel: 'x' }],
    ['a timeout of 0', { pool: new pg.Pool(), timeout: 0 }],
  ])('%s is refused', (_, options) => {
    // @ts-expect-error: what a JavaScript caller could do
    expect(() => new PostgresStore(options)).toThrow(
      expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
    );
  });
});
