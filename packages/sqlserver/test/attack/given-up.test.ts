/** What becomes of a request that is given up, where the driver's own limits do not end it. */
import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { inMssqlTransaction, mssqlPool, mssqlTransactions } from '@idem/sqlserver/mssql';
import { tediousTransactions } from '@idem/sqlserver/tedious';
import { Kysely } from 'kysely';
import sql from 'mssql';
import { Connection, Request } from 'tedious';
import { expect, test, vi } from 'vitest';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

const claim = { token: createToken(), lease: 60_000 };

test.each(['on the pool', 'in a transaction'])(
  'it is cancelled at the server, %s of Kysely',
  async (where) => {
    const giveUp = new AbortController();
    await using server = await ScriptedServer.listen({
      answer: ({ text }) => {
        if (!text.includes('_Exists_')) return { rows: [] };
        setImmediate(() => giveUp.abort());
        return 'hang';
      },
    });
    const options = { ...server.config.options, requestTimeout: 0 };
    const db = new Kysely<unknown>({ dialect: createDialect({ ...server.config, options }) });
    const store = new SqlServerStore({ db, timeout: 60_000 });
    const { signal } = giveUp;
    const asking =
      where === 'on the pool'
        ? store.exists('key', { signal })
        : db.transaction().execute((tx) => store.inTransaction(tx).exists('key', { signal }));
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    await vi.waitFor(() => expect(server.sent('attention')).toHaveLength(1), 10_000);
    await db.destroy();
  },
  20_000,
);

test.each(['on the pool', 'in a transaction'])(
  'it is cancelled at the server, %s of mssql',
  async (where) => {
    const giveUp = new AbortController();
    await using server = await ScriptedServer.listen({
      answer: ({ text }) => {
        if (!text.includes('_Exists_')) return { rows: [] };
        setImmediate(() => giveUp.abort());
        return 'hang';
      },
    });
    const port = server.config.options?.port ?? 0;
    const pool = await new sql.ConnectionPool({
      ...{ server: '127.0.0.1', port, user: 'u', password: 'p' },
      ...{ options: { encrypt: false }, requestTimeout: 0 },
    }).connect();
    const transactions = mssqlTransactions<sql.Transaction>();
    const store = new SqlServerStore({ pool: mssqlPool(pool), transactions, timeout: 60_000 });
    const { signal } = giveUp;
    const asking =
      where === 'on the pool'
        ? store.exists('key', { signal })
        : inMssqlTransaction(pool)((tx) => store.inTransaction(tx).exists('key', { signal }));
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    await vi.waitFor(() => expect(server.sent('attention')).toHaveLength(1), 10_000);
    await pool.close();
  },
  20_000,
);

test('what was given up while it waited for the pool is never sent', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config, { max: 1 }) });
  const store = new SqlServerStore({ db });
  const holding = await db.startTransaction().execute();
  const giveUp = new AbortController();
  const claiming = store.claim('key', claim, { signal: giveUp.signal });
  giveUp.abort();
  await expect(claiming).rejects.toBe(giveUp.signal.reason);
  await holding.rollback().execute();
  await store.exists('key');
  expect(server.sent('_Claim_')).toEqual([]);
  await db.destroy();
});

test('what a busy connection of tedious refuses cancels nothing of the application’s', async () => {
  let arrive = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await using server = await ScriptedServer.listen({
    answer: (statement: Statement) => {
      if (statement.text !== 'UPDATE accounts') return storeAnswer(statement);
      arrive();
      return 'hang';
    },
  });
  const connection = new Connection(server.config);
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  const store = await SqlServerStore.connect(server.config, { transactions: tediousTransactions });
  let ended = false;
  connection.execSql(
    new Request('UPDATE accounts', () => {
      ended = true;
    }),
  );
  await arrived;
  const giveUp = new AbortController();
  const asking = store.inTransaction(connection).exists('key', { signal: giveUp.signal });
  giveUp.abort();
  await expect(asking).rejects.toBe(giveUp.signal.reason);
  await store.exists('another');
  expect(server.sent('attention')).toEqual([]);
  expect(ended).toBe(false);
  connection.close();
  await store.close();
});
