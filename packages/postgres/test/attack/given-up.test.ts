import { setTimeout as sleep } from 'node:timers/promises';
import { createToken } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { kyselyPool, kyselyTransactions } from '@idem/postgres/kysely';
import { until } from '@idem-workspace/test-servers/postgres';
import { Kysely, PostgresDialect, sql as raw } from 'kysely';
import pg from 'pg';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';
import type { TestTable } from '../support/table-on.ts';

const LEASE = 600_000;

/** One connection, which the store and its user share. */
interface Shared {
  readonly store: PostgresStore<never>;
  /** A statement of the user's own. */
  say(n: number): Promise<number | undefined>;
  /** How long a statement of the user's own waits for a lock. */
  patience(): Promise<unknown>;
  end(): Promise<unknown>;
}

const clients: Readonly<Record<string, (at: TestTable, timeout: number) => Promise<Shared>>> = {
  'one client of pg': async ({ server, table }, timeout) => {
    const pool = new pg.Client({ connectionString: server });
    await pool.connect();
    return {
      store: new PostgresStore<never>({ pool, table, timeout }),
      say: async (n) => (await pool.query('SELECT $1::integer AS n', [n])).rows[0]?.n,
      patience: async () => (await pool.query('SHOW lock_timeout')).rows[0]?.lock_timeout,
      end: () => pool.end(),
    };
  },
  'postgres.js': async ({ server, table }, timeout) => {
    const pool = postgres(server, { max: 1, onnotice: () => {} });
    return {
      store: new PostgresStore<never>({ pool, table, timeout }),
      say: async (n) => (await pool`SELECT ${n}::integer AS n`)[0]?.['n'],
      patience: async () => (await pool`SHOW lock_timeout`)[0]?.['lock_timeout'],
      end: () => pool.end(),
    };
  },
  Kysely: async ({ server, table }, timeout) => {
    const pool = new pg.Pool({ connectionString: server, max: 1 });
    const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
    const places = { pool: kyselyPool(db), transactions: kyselyTransactions() };
    return {
      store: new PostgresStore<never>({ ...places, table, timeout }),
      say: async (n) =>
        (await raw<{ n: number }>`SELECT ${n}::integer AS n`.execute(db)).rows[0]?.n,
      patience: async () =>
        (await raw<{ lock_timeout: string }>`SHOW lock_timeout`.execute(db)).rows[0]?.lock_timeout,
      end: () => db.destroy(),
    };
  },
};

describeWithTable('what is given up on a connection that its user has too', (at) => {
  const waiting = async (): Promise<number> => {
    const text = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'`;
    return (await at.query(text, [`${at.table}_claim`])).length;
  };

  for (const [name, open] of Object.entries(clients)) {
    test(`${name}: ends at its deadline, whoever holds what it waits for`, async () => {
      const { store, say, end } = await open(at, 2_000);
      const key = `${name} locked`;
      const other = await at.open();
      await other.store(key, new Uint8Array(), LEASE);
      await other.remove(key);
      const holder = await at.pool.connect();
      try {
        await holder.query('BEGIN');
        await holder.query(`SELECT FROM ${at.table} WHERE key = $1 FOR UPDATE`, [Buffer.from(key)]);
        const leaving = new AbortController();
        const request = { token: createToken(), lease: LEASE };
        const given = store.claim(key, request, { signal: leaving.signal });
        const ended = expect(given).rejects.toBe('gone');
        await until('it waits', async () => (await waiting()) === 1);
        leaving.abort('gone');
        await ended;
        await until('it waits no more', async () => (await waiting()) === 0);
        await expect(say(1)).resolves.toBe(1);
      } finally {
        await holder.query('ROLLBACK');
        holder.release();
      }
      await expect(store.inspect(key)).resolves.toMatchObject({ state: 'vacant' });
      await end();
    });

    test(`${name}: what ends it is not left for the statements of its user`, async () => {
      const { store, patience, end } = await open(at, 60_000);
      const token = createToken();
      const key = `${name} settings`;
      await expect(store.claim(key, { token, lease: LEASE })).resolves.toMatchObject({
        outcome: 'acquired',
      });
      await expect(patience()).resolves.toBe('0');
      await store.complete(key, token, new Uint8Array(1), LEASE);
      await store.find(key);
      await expect(patience()).resolves.toBe('0');
      await end();
    });

    test(`${name}: whenever it is, the statement that comes next is not cancelled`, async () => {
      const { store, say, end } = await open(at, 60_000);
      for (let round = 0; round < 40; round += 1) {
        const leaving = new AbortController();
        const request = { token: createToken(), lease: LEASE };
        const given = store.claim(`${name} ${round}`, request, { signal: leaving.signal });
        const told = given.then(
          ({ outcome }) => outcome,
          (reason: unknown) => reason,
        );
        await sleep(round % 4);
        leaving.abort('gone');
        await expect(say(round)).resolves.toBe(round);
        expect(['gone', 'acquired']).toContain(await told);
      }
      await end();
    });
  }
});
