import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { inTediousTransaction } from '@idem/sqlserver/tedious';
import { CompiledQuery, Kysely } from 'kysely';
import { Connection, Request } from 'tedious';
import { expect, test, vi } from 'vitest';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

const SIZE = 3;

test('of several connections that wait in the pool, each is handed out once, and none is lost', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config, { max: SIZE }) });
  for (let round = 0; round < 3; round++) {
    const sent = server.log.length;
    const open = await Promise.all(
      Array.from({ length: SIZE }, () => db.startTransaction().execute()),
    );
    for (const tx of open) await tx.executeQuery(CompiledQuery.raw('INSERT payment'));
    const begun = server.log.slice(sent).filter(({ text }) => text === 'begin');
    expect(new Set(begun.map(({ session }) => session)).size).toBe(SIZE);
    for (const tx of open) await tx.rollback().execute();
  }
  expect(server.connections).toBe(SIZE);
  // The end of the pool waits for those in use.
  await db.destroy();
});

test('a transaction that the server has rolled back costs no connection', async () => {
  await using server = await ScriptedServer.listen({
    answer: (statement: Statement) =>
      statement.text === 'DEADLOCK'
        ? { error: { number: 1205 }, rollsBack: true }
        : storeAnswer(statement),
  });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config, { max: 1 }) });
  for (let round = 0; round < 2; round++) {
    const paying = db.transaction().execute((tx) => tx.executeQuery(CompiledQuery.raw('DEADLOCK')));
    await expect(paying).rejects.toMatchObject({ number: 1205 });
  }
  expect(server.connections).toBe(1);
  await db.destroy();
});

test('nor does it cost the application its connection of tedious', async () => {
  await using server = await ScriptedServer.listen({
    answer: () => ({ error: { number: 1205 }, rollsBack: true }),
  });
  const connection = new Connection(server.config);
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  const paying = inTediousTransaction(connection)(
    (tx) => new Promise<void>((resolve) => tx.execSql(new Request('DEADLOCK', () => resolve()))),
  );
  // The error was swallowed, so it is the commit that finds no transaction.
  await expect(paying).rejects.toMatchObject({ number: 3902 });
  expect(connection.closed).toBe(false);
  connection.close();
});

test('a store that cannot be opened leaves no connection', async () => {
  await using server = await ScriptedServer.listen({
    answer: () => ({ error: { number: 229 } }),
  });
  await expect(SqlServerStore.connect(server.config)).rejects.toMatchObject({
    code: 'IDEM_STORE_FAILED',
  });
  expect(server.connections).toBe(1);
  await vi.waitFor(() => expect(server.open).toBe(0), 10_000);
});
