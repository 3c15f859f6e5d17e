import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

test('a store is not opened on a transaction: its claims would be rolled back, and seen by nobody', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
  await db.transaction().execute(async (tx) => {
    expect(() => new SqlServerStore({ db: tx })).toThrow(
      expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
    );
  });
  await db.destroy();
});

test.each([null, 7, {}])('the transactions %j are refused at once', async (transactions) => {
  const db = new Kysely<unknown>({ dialect: createDialect({ server: 'nowhere.invalid' }) });
  expect(() => Reflect.construct(SqlServerStore, [{ db, transactions }])).toThrow(
    expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
  );
  await db.destroy();
});
