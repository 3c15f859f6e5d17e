/** Rules that a mutation of the source broke without any test's notice. */
import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { prismaTransactions } from '@idem/sqlserver/prisma';
import { inTediousTransaction } from '@idem/sqlserver/tedious';
import { CompiledQuery, Kysely } from 'kysely';
import { Connection, Request } from 'tedious';
import { expect, test, vi } from 'vitest';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

test('an error that another connection may not meet leaves your transaction its connection', async () => {
  await using server = await ScriptedServer.listen({
    answer: (statement: Statement) =>
      statement.text.includes('_Complete_') ? { error: { number: 976 } } : storeAnswer(statement),
  });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
  const store = new SqlServerStore({ db });
  const paying = db
    .transaction()
    .execute((tx) =>
      store.inTransaction(tx).complete('key', createToken(), new Uint8Array(1), 60_000),
    );
  await expect(paying).rejects.toMatchObject({ code: 'IDEM_STORE_UNAVAILABLE' });
  expect(server.log.at(-1)?.text).toBe('rollback');
  await db.destroy();
});

test('a connection that comes back in a transaction is closed, though nobody asks for one', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
  await db
    .connection()
    .execute((connection) => connection.executeQuery(CompiledQuery.raw('BEGIN TRANSACTION')));
  await vi.waitFor(() => expect(server.sessions[0]?.inTransaction).toBe(false), 10_000);
  await db.destroy();
});

test('a rollback that a busy connection of tedious refuses is done by its end', async () => {
  let arrive = (): void => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await using server = await ScriptedServer.listen({
    answer: () => {
      arrive();
      return 'hang';
    },
  });
  const connection = new Connection(server.config);
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  const working = inTediousTransaction(connection)(async (tx) => {
    tx.execSql(new Request('UPDATE accounts', () => {}));
    await arrived;
    throw new Error('refused');
  });
  await expect(working).rejects.toThrow('refused');
  expect(connection.closed).toBe(true);
  await vi.waitFor(() => expect(server.sessions[0]?.inTransaction).toBe(false), 10_000);
});

test('the client of Prisma is not taken for a transaction of it', () => {
  const client = { $queryRawUnsafe: async () => [], $connect: async () => {} };
  expect(() => prismaTransactions().channel(client)).toThrow(
    expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
  );
});

test.each([
  ['done', true],
  ['done-before', false],
] as const)('complete in a transaction, answered %j, is %s', async (outcome, completed) => {
  await using server = await ScriptedServer.listen({
    answer: (statement: Statement) =>
      statement.text.includes('_Complete_') ? { rows: [{ outcome }] } : storeAnswer(statement),
  });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
  const store = new SqlServerStore({ db });
  const completing = db
    .transaction()
    .execute((tx) =>
      store.inTransaction(tx).complete('key', createToken(), new Uint8Array(1), 60_000),
    );
  await expect(completing).resolves.toBe(completed);
  await db.destroy();
});
