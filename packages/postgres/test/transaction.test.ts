import { setTimeout as sleep } from 'node:timers/promises';
import { createToken, Idempotency } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { inPgTransaction } from '@idem/postgres/pg';
import { until } from '@idem-workspace/test-servers/postgres';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { paymentInto, paymentsOf } from './support/payments.ts';
import { describeWithTable } from './support/table.ts';

const value = new Uint8Array([1]);
const LEASE = 600_000;

describeWithTable('in the user’s own transaction', (at) => {
  beforeAll(() => at.query(`CREATE TABLE ${paymentsOf(at.table)} (idempotency_key text NOT NULL)`));
  afterAll(() => at.query(`DROP TABLE ${paymentsOf(at.table)}`));
  const payments = async (key: string): Promise<number> => {
    const rows = await at.query(`SELECT FROM ${paymentsOf(at.table)} WHERE idempotency_key = $1`, [
      key,
    ]);
    return rows.length;
  };
  const open = (): PostgresStore<pg.PoolClient> =>
    new PostgresStore<pg.PoolClient>({ pool: at.pool, table: at.table, timeout: 60_000 });
  const endOf = async (key: string): Promise<unknown> =>
    (
      await at.query<{ ends: string }>(
        `SELECT ends_at::text AS ends FROM ${at.table} WHERE key = $1`,
        [Buffer.from(key)],
      )
    )[0]?.ends;
  const payIn = (tx: pg.PoolClient, key: string): Promise<unknown> =>
    tx.query(paymentInto(at.table).replace('?', '$1'), [key]);

  describe.each(['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'])('%s', (level) => {
    const begin = inPgTransaction<pg.PoolClient>(at.pool, {
      begin: `BEGIN ISOLATION LEVEL ${level}`,
    });

    /** A short lease may be renewed, or lost, before a busy machine has locked its row. */
    const untilItIsCalled = async (
      idempotency: Idempotency<PostgresStore<pg.PoolClient>>,
      key: string,
      fn: (tx: pg.PoolClient) => Promise<unknown>,
    ): Promise<unknown> => {
      let called = false;
      for (;;) {
        try {
          return await idempotency.runInTransaction(key, begin, ({ tx }) => {
            called = true;
            return fn(tx);
          });
        } catch (error) {
          if (called) throw error;
        }
      }
    };

    test('a function that is under way when its lease is renewed, or ends, is recorded', async () => {
      const key = `long at ${level}`;
      const renews = level === 'READ COMMITTED';
      // One that is renewed must be within two thirds of this.
      const lease = renews ? 12_000 : 1_500;
      const idempotency = new Idempotency({ store: open(), ttl: LEASE, lease, maxHold: 60_000 });
      const run = untilItIsCalled(idempotency, key, async (tx) => {
        // The transaction's snapshot is of now, and the lease would be renewed after it.
        await payIn(tx, key);
        const ends = await endOf(key);
        if (renews) while ((await endOf(key)) === ends) await sleep(100);
        else await sleep(lease * 1.5);
        return 'paid';
      });
      await expect(run).resolves.toMatchObject({ value: 'paid', replayed: false });
      await expect(payments(key)).resolves.toBe(1);
      await expect(open().exists(key)).resolves.toBe(true);
    });

    // At READ COMMITTED the lease is renewed beside the transaction, and does not end.
    const held = level === 'READ COMMITTED' ? [] : [level];
    test.each(held)(
      '%s: who claims the key when its lease has ended waits for the transaction, and is answered by it',
      async () => {
        const key = `claimed at ${level}`;
        const lease = 400;
        const idempotency = new Idempotency({ store: open(), ttl: LEASE, lease, maxHold: 60_000 });
        let rival: Promise<unknown> | undefined;
        await untilItIsCalled(idempotency, key, async (tx) => {
          await payIn(tx, key);
          await sleep(lease * 1.25);
          rival = open().claim(key, { token: createToken(), lease: LEASE });
          return 'paid';
        });
        await expect(rival).resolves.toMatchObject({ outcome: 'completed' });
        await expect(payments(key)).resolves.toBe(1);
      },
    );

    test('a claim that was taken over is refused before the function is called', async () => {
      const key = `lost at ${level}`;
      const store = open();
      const token = createToken();
      await store.claim(key, { token, lease: LEASE });
      await store.remove(key);
      const answers = await begin(async (tx) => {
        const bound = store.inTransaction(tx);
        const held = await bound.hold(key, token, LEASE);
        return [held, await bound.complete(key, token, value, LEASE)];
      });
      expect(answers).toEqual([level === 'READ COMMITTED' ? 'renewed' : 'lost', false]);
    });
  });

  test('a client on which nothing was begun is refused, and so is a pool', async () => {
    const client = await at.pool.connect();
    await client.query('SELECT 1');
    const refused = expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' });
    expect(() => open().inTransaction(client)).toThrow(refused);
    client.release();
    // @ts-expect-error: what a JavaScript caller could do
    expect(() => open().inTransaction(at.pool)).toThrow(refused);
  });

  test.each(['COMMIT', 'ROLLBACK'])(
    'after a %s of the handler’s own nothing is written',
    async (end) => {
      const key = `ended by ${end}`;
      const store = open();
      const client = await at.pool.connect();
      await client.query('BEGIN');
      const bound = store.inTransaction(client);
      const token = createToken();
      await store.claim(key, { token, lease: LEASE });
      await expect(bound.hold(key, token, LEASE)).resolves.toBe('renewed');
      await client.query(end);
      const gone = { code: 'IDEM_STORE_FAILED', retryable: true };
      await expect(bound.complete(key, token, value, LEASE)).rejects.toMatchObject(gone);
      await expect(bound.store(key, value, LEASE)).rejects.toMatchObject(gone);
      await expect(bound.remove(key)).rejects.toMatchObject(gone);
      await expect(bound.find(key)).rejects.toMatchObject(gone);
      client.release();
      await expect(store.inspect(key)).resolves.toMatchObject({ state: 'claimed' });
    },
  );

  test('what is aborted in it is cancelled at the server, and it can be rolled back', async () => {
    const key = 'aborted';
    const store = open();
    const token = createToken();
    await store.claim(key, { token, lease: LEASE });
    const locker = await at.pool.connect();
    await locker.query('BEGIN');
    await locker.query(`SELECT FROM ${at.table} WHERE key = $1 FOR UPDATE`, [Buffer.from(key)]);
    const stop = new AbortController();
    const work = inPgTransaction<pg.PoolClient>(at.pool)(async (tx) => {
      const bound = store.inTransaction(tx);
      await bound.hold(key, token, LEASE);
      const completing = bound.complete(key, token, value, LEASE, { signal: stop.signal });
      // It waits for the row.
      for (;;) {
        const waiting = await at.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${at.table}_complete%'`,
        );
        if (waiting.length > 0) break;
      }
      stop.abort(new Error('the caller went away'));
      await completing;
    });
    // Nobody gave the row free: only the cancellation ends it.
    await expect(work).rejects.toThrow('the caller went away');
    await locker.query('ROLLBACK');
    locker.release();
    await expect(store.renew(key, token, LEASE)).resolves.toBe(true);
  });

  test('a statement_timeout of the user’s fails the transaction, and says so', async () => {
    const key = 'timed out';
    const store = open();
    const token = createToken();
    await store.claim(key, { token, lease: LEASE });
    const locker = await at.pool.connect();
    await locker.query('BEGIN');
    await locker.query(`SELECT FROM ${at.table} WHERE key = $1 FOR UPDATE`, [Buffer.from(key)]);
    const work = inPgTransaction<pg.PoolClient>(at.pool)(async (tx) => {
      await tx.query("SET LOCAL statement_timeout = '100ms'");
      const bound = store.inTransaction(tx);
      const first = await bound.complete(key, token, value, LEASE).catch((error: unknown) => error);
      expect(first).toMatchObject({ code: 'IDEM_STORE_TIMEOUT', retryable: true });
      await bound.complete(key, token, value, LEASE);
    });
    await expect(work).rejects.toMatchObject({ message: expect.stringContaining('25P02') });
    await locker.query('ROLLBACK');
    locker.release();
    await expect(store.exists(key)).resolves.toBe(false);
  });

  test('idle_in_transaction_session_timeout ends it: a retryable error, and nothing is recorded', async () => {
    const key = 'idle';
    const idempotency = new Idempotency({ store: open(), ttl: LEASE });
    const run = idempotency.runInTransaction(
      key,
      inPgTransaction<pg.PoolClient>(at.pool),
      async ({ tx }) => {
        await payIn(tx, key);
        const pid = (await tx.query('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
        await tx.query("SET LOCAL idle_in_transaction_session_timeout = '50ms'");
        await until('its session has ended', async () => {
          return (
            (await at.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid])).length === 0
          );
        });
        return 'paid';
      },
    );
    await expect(run).rejects.toMatchObject({ retryable: true });
    await expect(payments(key)).resolves.toBe(0);
    await expect(idempotency.run(key, () => 'again')).resolves.toMatchObject({ replayed: false });
  });

  test('a savepoint that is rolled back takes with it what was recorded inside', async () => {
    const key = 'savepoint';
    const store = open();
    const token = createToken();
    await store.claim(key, { token, lease: LEASE });
    await inPgTransaction<pg.PoolClient>(at.pool)(async (tx) => {
      const bound = store.inTransaction(tx);
      await tx.query('SAVEPOINT before');
      await expect(bound.complete(key, token, value, LEASE)).resolves.toBe(true);
      await tx.query('ROLLBACK TO SAVEPOINT before');
      await payIn(tx, key);
    });
    await expect(payments(key)).resolves.toBe(1);
    await expect(store.inspect(key)).resolves.toMatchObject({ state: 'claimed' });
  });

  test('a transaction that is prepared keeps its record until it is committed or rolled back', async ({
    skip,
  }) => {
    const [setting] = await at.query<{ n: string }>(
      "SELECT current_setting('max_prepared_transactions') AS n",
    );
    if (setting?.n === '0') skip('the server has max_prepared_transactions = 0');
    const store = open();
    for (const end of ['COMMIT', 'ROLLBACK']) {
      const key = `prepared, then ${end}`;
      const token = createToken();
      await store.claim(key, { token, lease: LEASE });
      const client = await at.pool.connect();
      await client.query('BEGIN');
      await payIn(client, key);
      await expect(store.inTransaction(client).complete(key, token, value, LEASE)).resolves.toBe(
        true,
      );
      await client.query(`PREPARE TRANSACTION '${at.table} ${end}'`);
      client.release();
      await expect(store.inspect(key)).resolves.toMatchObject({ state: 'claimed' });
      await at.query(`${end} PREPARED '${at.table} ${end}'`);
      await expect(store.exists(key)).resolves.toBe(end === 'COMMIT');
      await expect(payments(key)).resolves.toBe(end === 'COMMIT' ? 1 : 0);
    }
  });

  test('a deferred constraint that fails the commit leaves nothing recorded', async () => {
    const key = 'deferred';
    const unique = `${at.table}_unique`;
    await at.query(`CREATE TABLE ${unique} (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED)`);
    const idempotency = new Idempotency({ store: open(), ttl: LEASE });
    const run = idempotency.runInTransaction(
      key,
      inPgTransaction<pg.PoolClient>(at.pool),
      async ({ tx }) => {
        await payIn(tx, key);
        await tx.query(`INSERT INTO ${unique} VALUES (1), (1)`);
        return 'paid';
      },
    );
    await expect(run).rejects.toMatchObject({ code: '23505' });
    await at.query(`DROP TABLE ${unique}`);
    await expect(payments(key)).resolves.toBe(0);
    await expect(open().inspect(key)).resolves.toEqual({ state: 'vacant', takeover: false });
  });
});
