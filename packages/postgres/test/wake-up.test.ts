import { createToken, type IdempotencyStore } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { until } from '@idem-workspace/test-servers/postgres';
import pg from 'pg';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { describeWithTable } from './support/table.ts';
import type { TestTable } from './support/table-on.ts';
import { PATIENT } from './support/url.ts';

const LEASE = 600_000;
const value = Buffer.from('result');

const heeding = { wakeUp: true, timeout: PATIENT };

/** How a claim ends. */
const endings: Readonly<
  Record<string, (store: IdempotencyStore, key: string, token: string) => Promise<unknown>>
> = {
  complete: (store, key, token) => store.complete(key, token, value, LEASE),
  release: (store, key, token) => store.release(key, token),
  store: (store, key) => store.store(key, value, LEASE),
  remove: (store, key) => store.remove(key),
};

interface Opened extends AsyncDisposable {
  readonly store: PostgresStore<never>;
}

/** Each with a name of its own among the server's sessions. */
const clients: Readonly<Record<string, (at: TestTable, name: string) => Promise<Opened>>> = {
  connect: async ({ server, table }, name) => {
    const store = await PostgresStore.connect<never>(
      { connectionString: server, application_name: name },
      { table, ...heeding },
    );
    return { store, [Symbol.asyncDispose]: () => store.close() };
  },
  'a Pool of pg': async ({ server, table }, name) => {
    const pool = new pg.Pool({ connectionString: server, application_name: name, max: 2 });
    const store = new PostgresStore<never>({ pool, table, ...heeding });
    return {
      store,
      [Symbol.asyncDispose]: async () => {
        await store.close();
        await pool.end();
      },
    };
  },
  'postgres.js': async ({ server, table }, name) => {
    const sql = postgres(server, { connection: { application_name: name }, max: 2 });
    const store = new PostgresStore<never>({ pool: sql, table, ...heeding });
    return {
      store,
      [Symbol.asyncDispose]: async () => {
        await store.close();
        await sql.end();
      },
    };
  },
};

/** A watcher that counts, after the one wake with which it begins. */
async function listening(store: IdempotencyStore, key: string): Promise<{ wakes: number }> {
  const seen = { wakes: 0 };
  store.watch(key, () => {
    seen.wakes += 1;
  });
  await until('it listens', () => seen.wakes === 1);
  seen.wakes = 0;
  return seen;
}

describeWithTable('wake-ups', (at) => {
  const listeners = async (name: string): Promise<number[]> => {
    const rows = await at.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND query ~* '^ *(un)?listen'`,
      [name],
    );
    return rows.map(({ pid }) => pid);
  };

  for (const [name, open] of Object.entries(clients)) {
    test(`${name}: each ending of a claim wakes who watches its key, wherever`, async () => {
      await using holder = await open(at, `${name} holder`);
      await using waiter = await open(at, `${name} waiter`);
      expect(waiter.store.supports.wakeUp).toEqual({ promised: true });
      for (const [ending, end] of Object.entries(endings)) {
        const token = createToken();
        const key = `${name} ${ending} é\u0000"'{x}`;
        await holder.store.claim(key, { token, lease: LEASE });
        const seen = await listening(waiter.store, key);
        const other = await listening(waiter.store, `${key}, another`);
        await end(holder.store, key, token);
        await until(`${ending} wakes`, () => seen.wakes === 1);
        expect(other.wakes).toBe(0);
      }
    });

    test(`${name}: one connection for all, from the first watcher on`, async () => {
      const session = `${name} one`;
      {
        await using opened = await open(at, session);
        await opened.store.find('key');
        expect(await listeners(session)).toHaveLength(0);
        const watching = Array.from({ length: 20 }, (_, i) =>
          opened.store.watch(`many ${i % 5}`, () => {}),
        );
        await listening(opened.store, 'one more');
        expect(await listeners(session)).toHaveLength(1);
        for (const unwatch of watching) unwatch();
      }
      await until('it is gone', async () => (await listeners(session)).length === 0);
    });

    test(`${name}: after a drop it listens again, and wakes once for what it may have missed`, async () => {
      const session = `${name} dropped`;
      await using opened = await open(at, session);
      const seen = await listening(opened.store, session);
      const [pid] = await listeners(session);
      await at.query('SELECT pg_terminate_backend($1)', [pid]);
      await until('it wakes', () => seen.wakes === 1);
      await opened.store.store(session, value, LEASE);
      await until('it hears again', () => seen.wakes === 2);
    });
  }

  test('a completion in a transaction of yours wakes with the commit, and not before', async () => {
    const pool = at.pool;
    const store = new PostgresStore({ pool, table: at.table, ...heeding });
    const token = createToken();
    await store.claim('in a transaction', { token, lease: LEASE });
    const seen = await listening(store, 'in a transaction');
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      await store.inTransaction(client).complete('in a transaction', token, value, LEASE);
      // Others are told of theirs meanwhile.
      const other = await listening(store, 'beside it');
      await store.store('beside it', value, LEASE);
      await until('the other is told', () => other.wakes === 1);
      expect(seen.wakes).toBe(0);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
    await until('it is told', () => seen.wakes === 1);
    await store.close();
  });

  test('close waits for what is still to be told', async () => {
    await using waiter = await PostgresStore.connect(at.server, { table: at.table, ...heeding });
    const seen = await listening(waiter, 'last');
    const holder = await PostgresStore.connect(at.server, { table: at.table, ...heeding });
    await holder.store('last', value, LEASE);
    await holder.close();
    await until('it is told', () => seen.wakes === 1);
  });

  test('many completions at once are told in few statements, each key all the same', async () => {
    await using store = await PostgresStore.connect(at.server, { table: at.table, ...heeding });
    const keys = Array.from({ length: 50 }, (_, i) => `burst ${i}`);
    const seen = await Promise.all(keys.map((key) => listening(store, key)));
    await Promise.all(keys.map((key) => store.store(key, value, LEASE)));
    await until('all are told', () => seen.every(({ wakes }) => wakes > 0));
  });

  test('without the option nothing listens, nothing is notified, and the store says so', async () => {
    const store = await at.open();
    expect(store.supports.wakeUp).toMatchObject({ promised: false });
    const unwatch = store.watch('silent', () => {
      throw new Error('woken');
    });
    await using heard = await PostgresStore.connect(at.server, { table: at.table, ...heeding });
    const seen = await listening(heard, 'silent');
    for (const end of Object.values(endings)) {
      const token = createToken();
      await store.claim('silent', { token, lease: LEASE });
      await end(store, 'silent', token);
      await store.remove('silent');
    }
    const after = await listening(heard, 'after it');
    await heard.store('after it', value, LEASE);
    await until('what came later is told', () => after.wakes === 1);
    expect(seen.wakes).toBe(0);
    unwatch();
  });

  test('refused where nothing can listen: on one client', async () => {
    const client = new pg.Client({ connectionString: at.server });
    const options = { pool: client, table: at.table, wakeUp: true };
    expect(() => new PostgresStore(options)).toThrow(
      expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
    );
  });
});
