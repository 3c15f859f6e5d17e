import { Idempotency } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { inMssqlTransaction, mssqlTransactions } from '@idem/sqlserver/mssql';
import { inTediousTransaction } from '@idem/sqlserver/tedious';
import sql from 'mssql';
import { Connection, Request } from 'tedious';
import { expect, test, vi } from 'vitest';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

/** An application whose second statement comes while the first waits for a lock. */
async function open() {
  let arrive = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const server = await ScriptedServer.listen({
    answer: (statement: Statement) => {
      if (!statement.text.includes('UPDATE accounts')) return storeAnswer(statement);
      arrive();
      return 'hang';
    },
  });
  const port = server.config.options?.port ?? 0;
  const pool = await new sql.ConnectionPool({
    ...{ server: '127.0.0.1', port, user: 'u', password: 'p' },
    options: { encrypt: false },
    pool: { max: 1 },
    validateConnection: 'socket',
  }).connect();
  const transactions = mssqlTransactions<sql.Transaction>();
  const store = await SqlServerStore.connect(server.config, { transactions });
  const idempotency = new Idempotency({ store, ttl: 60_000 });
  /** A statement that waits for a lock, and that nobody waits for. */
  const leave = async (tx: sql.Transaction): Promise<void> => {
    tx.request()
      .query('UPDATE accounts')
      .catch(() => {});
    await arrived;
  };
  return { server, pool, store, idempotency, leave, arrived };
}

// mssql refuses the rollback and the commit of a transaction that is busy, and keeps its connection.
test.each(['throws', 'returns'])(
  'a handler that %s while a statement of its own is under way leaves no transaction open',
  async (how) => {
    const { server, pool, store, idempotency, leave } = await open();
    await using _server = server;
    const paying = idempotency.runInTransaction('key', inMssqlTransaction(pool), async ({ tx }) => {
      await tx.request().query('INSERT payment');
      await leave(tx);
      if (how === 'throws') throw new Error('refused');
      return { paid: true };
    });
    await expect(paying).rejects.toThrow(how === 'throws' ? 'refused' : /await each request/);
    expect(server.log.at(-1)?.text).not.toBe('commit');
    expect(server.committed).toEqual([]);
    // The only connection of the pool is free again.
    const tx = pool.transaction();
    await tx.begin();
    await tx.rollback();
    await Promise.all([store.close(), pool.close()]);
  },
  10_000,
);

test('so does a transaction whose work leaves its last statement alone', async () => {
  const { server, pool, store, leave } = await open();
  await using _server = server;
  const paying = inMssqlTransaction(pool)(leave);
  await expect(paying).rejects.toMatchObject({ code: 'EREQINPROG' });
  const tx = pool.transaction();
  await tx.begin();
  await tx.rollback();
  await Promise.all([store.close(), pool.close()]);
}, 10_000);

// tedious refuses the commit of a busy connection, on which the transaction would then stay for good.
test('nor does one on a connection of tedious', async () => {
  const { server, pool, store, arrived } = await open();
  await using _server = server;
  const connection = new Connection(server.config);
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  const paying = inTediousTransaction(connection)(async (tx) => {
    tx.execSql(new Request('UPDATE accounts', () => {}));
    await arrived;
  });
  await expect(paying).rejects.toMatchObject({ code: 'EINVALIDSTATE' });
  await vi.waitFor(
    () => expect(server.sessions.filter(({ inTransaction }) => inTransaction)).toEqual([]),
    10_000,
  );
  await Promise.all([store.close(), pool.close()]);
}, 20_000);
