/** Rules that a mutation of the source broke without any test's notice. */
import { createToken } from '@idem/core';
import { createDialect, SqlServerStore } from '@idem/sqlserver';
import { Kysely } from 'kysely';
import { expect, test } from 'vitest';
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
