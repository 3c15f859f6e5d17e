import { Idempotency, type RunTransaction } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { inMssqlTransaction, mssqlTransactions } from '@idem/sqlserver/mssql';
import sql from 'mssql';
import { expect, test } from 'vitest';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

/** A pool of one connection. */
function openPool(server: ScriptedServer, limits: object = {}): Promise<sql.ConnectionPool> {
  const port = server.config.options?.port ?? 0;
  const pool = new sql.ConnectionPool({
    ...{ server: '127.0.0.1', port, user: 'u', password: 'p' },
    options: { encrypt: false },
    pool: { max: 1 },
    validateConnection: 'socket',
    ...limits,
  });
  pool.on('error', () => {});
  return pool.connect();
}

test.each(['commit', 'rollback'] as const)(
  'a %s of mssql that is not answered in time leaves no transaction in the pool',
  async (end) => {
    let hung = 0;
    await using server = await ScriptedServer.listen({
      answer: storeAnswer,
      hangs: (kind) => kind === end && hung++ === 0,
    });
    const pool = await openPool(server, { requestTimeout: 500 });
    const paying = inMssqlTransaction(pool)(async (tx) => {
      await tx.request().query('INSERT payment');
      if (end === 'rollback') throw new Error('refused');
    });
    await expect(paying).rejects.toThrow(end === 'rollback' ? 'refused' : /Timeout/);
    // What comes next on the pool's only connection is committed, and the other is not.
    await pool.query('INSERT another');
    expect(server.committed).toEqual(['INSERT another']);
    await pool.close();
  },
  20_000,
);

test('a commit of mssql that ended an inner transaction only is no commit, and leaves nothing in the pool', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const pool = await openPool(server);
  const transactions = mssqlTransactions<sql.Transaction>();
  const store = await SqlServerStore.connect(server.config, { transactions });
  const idempotency = new Idempotency({ store, ttl: 60_000 });
  const begin = inMssqlTransaction(pool);
  const andBegun: RunTransaction<sql.Transaction> = (work) =>
    begin(async (tx) => {
      const result = await work(tx);
      // A BEGIN without its COMMIT, after the record was written.
      await tx
        .request()
        .query('BEGIN TRANSACTION')
        .catch(() => {});
      return result;
    });
  const pay = (from: RunTransaction<sql.Transaction>) =>
    idempotency.runInTransaction('key', from, async ({ tx }) => {
      await tx.request().query('INSERT payment');
      return { paid: true };
    });
  await expect(pay(andBegun)).rejects.toMatchObject({
    code: 'IDEM_STORE_FAILED',
    message: expect.stringContaining('still open'),
  });
  expect(server.committed).toEqual([]);
  await expect(pay(begin)).resolves.toMatchObject({ replayed: false });
  expect(server.committed).toEqual(['INSERT payment', 'record']);
  await Promise.all([store.close(), pool.close()]);
}, 20_000);

test.each(['throws', 'returns'])(
  'one that the server has ended, and whose work %s, leaves alone who has its connection now',
  async (how) => {
    await using server = await ScriptedServer.listen({
      answer: (statement: Statement) =>
        statement.text.startsWith('DEADLOCK')
          ? { error: { number: 1205 }, rollsBack: true }
          : storeAnswer(statement),
    });
    const pool = await openPool(server);
    const other = pool.transaction();
    const paying = inMssqlTransaction(pool)(async (tx) => {
      await expect(tx.request().query('DEADLOCK')).rejects.toMatchObject({ number: 1205 });
      await other.begin();
      await other.request().query('INSERT of another');
      if (how === 'throws') throw new Error('refused');
    });
    await expect(paying).rejects.toThrow(how === 'throws' ? 'refused' : /rolled back|aborted/i);
    await other.commit();
    expect(server.committed).toEqual(['INSERT of another']);
    await pool.close();
  },
  20_000,
);
