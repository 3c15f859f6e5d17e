import { Idempotency, type RunTransaction } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { inTediousTransaction, tediousTransactions } from '@idem/sqlserver/tedious';
import { CompiledQuery, Kysely } from 'kysely';
import { Connection, Request } from 'tedious';
import { expect, test } from 'vitest';
import { storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

const rejected = { code: 'IDEM_STORE_FAILED', message: expect.stringContaining('still open') };

async function pay<Tx>(
  store: SqlServerStore<Tx>,
  begin: RunTransaction<Tx>,
  send: (tx: Tx, text: string) => Promise<unknown>,
): Promise<void> {
  const idempotency = new Idempotency({ store, ttl: 60_000 });
  const andBegun: RunTransaction<Tx> = (work) =>
    begin(async (tx) => {
      const result = await work(tx);
      // A BEGIN without its COMMIT, after the record was written.
      await send(tx, 'BEGIN TRANSACTION').catch(() => {});
      return result;
    });
  const paying = idempotency.runInTransaction('key', andBegun, async ({ tx }) => {
    await send(tx, 'INSERT payment');
    return { paid: true };
  });
  await expect(paying).rejects.toMatchObject(rejected);
}

test('a commit of Kysely that ended an inner transaction only is no commit', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
  const store = new SqlServerStore({ db });
  await pay(
    store,
    (work) => db.transaction().execute(work),
    (tx, text) => tx.executeQuery(CompiledQuery.raw(text)),
  );
  await db.destroy();
  expect(server.committed).toEqual([]);
});

test('nor is one of tedious', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const connection = new Connection(server.config);
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  const transactions = tediousTransactions;
  const store = await SqlServerStore.connect(server.config, { transactions });
  await pay(
    store,
    inTediousTransaction(connection),
    (tx, text) =>
      new Promise<void>((resolve, reject) => {
        tx.execSql(new Request(text, (error) => (error ? reject(error) : resolve())));
      }),
  );
  await store.close();
  expect(server.committed).toEqual([]);
});

test('a connection of tedious takes one transaction at a time, and leaves the other alone', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const connection = new Connection(server.config);
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  const begin = inTediousTransaction(connection);
  const other = begin(() => begin(async () => 'nested'));
  await expect(other).rejects.toMatchObject({ code: 'IDEM_STORE_BUSY', retryable: true });
  await expect(begin(async () => 'again')).resolves.toBe('again');
  const managed = server.log.map(({ text }) => text);
  expect(managed).toEqual(['begin', 'rollback', 'begin', 'commit']);
  connection.close();
});
