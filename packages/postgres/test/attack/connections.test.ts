import { setTimeout as sleep } from 'node:timers/promises';
import { createToken, type IdempotencyStore } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { kyselyPool, kyselyTransactions } from '@idem/postgres/kysely';
import { inPgTransaction } from '@idem/postgres/pg';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';

const LEASE = 600_000;
/** What is open for less than a second may be the statement's own. */
const A_WHILE = 1_010;

describeWithTable('connections that somebody else used', (at) => {
  const isClaimed = async (key: string): Promise<boolean> =>
    (await (await at.open()).inspect(key)).state === 'claimed';
  const claim = async (store: IdempotencyStore, key: string): Promise<string> => {
    try {
      return (await store.claim(key, { token: createToken(), lease: LEASE })).outcome;
    } catch (error) {
      return String(Reflect.get(Object(error), 'code'));
    }
  };

  test('one client whose BEGIN was in its queue: what became part of that is not told as done', async () => {
    const client = new pg.Client(at.server);
    await client.connect();
    const store = new PostgresStore({ pool: client, table: at.table, timeout: 60_000 });
    const begun = client.query('BEGIN');
    await expect(claim(store, 'queued')).resolves.toBe('IDEM_STORE_FAILED');
    await begun;
    await client.query('ROLLBACK');
    await client.end();
  });

  test('of Kysely, in a transaction that was left open: no claim is acquired in it', async () => {
    const token = createToken();
    const held = await at.open();
    await held.claim('held', { token, lease: LEASE });
    const pool = new pg.Pool({ connectionString: at.server, max: 1 });
    await pool.query('BEGIN');
    await sleep(A_WHILE);
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    const transactions = kyselyTransactions();
    const places = { pool: kyselyPool(db), transactions };
    const store = new PostgresStore({ ...places, table: at.table, timeout: 500 });
    await expect(claim(store, 'kysely')).resolves.toMatch(/^IDEM_STORE_/);
    const value = new Uint8Array(1);
    for (const write of [
      () => store.complete('held', token, value, LEASE),
      () => store.store('kysely', value, LEASE),
      () => store.remove('held'),
    ]) {
      await pool.query('ROLLBACK; BEGIN');
      await sleep(A_WHILE);
      // On a busy machine its time may be up before it has an answer.
      const refused = { code: expect.stringMatching(/^IDEM_STORE_(FAILED|UNAVAILABLE|TIMEOUT)$/) };
      await expect(write()).rejects.toMatchObject(refused);
    }
    await db.destroy();
    await expect(isClaimed('kysely')).resolves.toBe(false);
    await expect(held.complete('held', token, value, LEASE)).resolves.toBe(true);
  });

  test('of postgres.js, in a transaction that was left open: no claim is acquired in it', async () => {
    const sql = postgres(at.server, { max: 1, onnotice: () => {} });
    await sql`BEGIN`;
    await sleep(A_WHILE);
    const store = new PostgresStore({ pool: sql, table: at.table, timeout: 500 });
    await expect(claim(store, 'postgres.js')).resolves.toMatch(/^IDEM_STORE_/);
    await sql.end();
    await expect(isClaimed('postgres.js')).resolves.toBe(false);
  });

  test('a COMMIT that the server answers with ROLLBACK is no commit', async () => {
    const begin = inPgTransaction<pg.PoolClient>(at.pool);
    const swallowed = begin(async (tx) => {
      await tx.query('SELECT 1 / 0').catch(() => {});
      return 'done';
    });
    await expect(swallowed).rejects.toMatchObject({ code: 'IDEM_STORE_FAILED', retryable: true });
  });

  test('the connection that listens logs in with the password of the pool', async () => {
    const passwords: unknown[] = [];
    class Client extends pg.Client {
      constructor(config?: pg.ClientConfig) {
        super(config);
        passwords.push(this.password);
      }
    }
    const { hostname: host, port, username: user, pathname } = new URL(at.server);
    const place = { host, port: Number(port), user, database: pathname.slice(1) };
    const pool = new pg.Pool({ ...place, password: 'secret', Client });
    const store = new PostgresStore({ pool, table: at.table, wakeUp: true });
    const unwatch = store.watch('any', () => {});
    while (passwords.length === 0) await sleep(5);
    unwatch();
    await store.close();
    await pool.end();
    expect(passwords).toEqual(['secret']);
  });

  test('a pool of binary answers, which pg decodes as text, is refused', () => {
    const options = { connectionString: at.server, binary: true };
    const pool = new pg.Pool(options);
    expect(() => new PostgresStore({ pool })).toThrow(/without binary: true/);
  });
});
