import { Idempotency, type RunTransaction } from '@idem/core';
import { createDialect, SqlServerStore } from '@idem/sqlserver';
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
  const paying = idempotency.runInTransaction('key', begin, async ({ tx }) => {
    await send(tx, 'INSERT payment');
    // A BEGIN without its COMMIT, and the error that tells of it is swallowed.
    await send(tx, 'BEGIN TRANSACTION').catch(() => {});
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
