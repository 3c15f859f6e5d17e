import { SqlServerStore, schemaSql } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { insideTransaction, outsideTransactions } from '../../src/client/guard.ts';
import { toIdempotencyError } from '../../src/faults/fault.ts';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

/** The numbers that a text throws, by their messages. */
const thrown = (text: string): [message: string, number: number][] =>
  [...text.matchAll(/THROW (\d+), '([^']*)'/g)].map(([, number, message = '']) => [
    message,
    Number(number),
  ]);
const all = [schemaSql(), insideTransaction(''), outsideTransactions('')].flatMap(thrown);

test('each error of the store’s own has a number of its own', () => {
  expect(all).toHaveLength(5);
  expect(new Set(all.map(([, number]) => number)).size).toBe(all.length);
});

// Two that share one are both told with the remedy of the other.
test.each([
  ['Another session is creating', 'creating the schema'],
  ['The session has QUOTED_IDENTIFIER off', 'enableQuotedIdentifier'],
  ['More than one transaction is open', 'BEGIN TRANSACTION without its COMMIT'],
  ['IMPLICIT_TRANSACTIONS is on', 'SET IMPLICIT_TRANSACTIONS OFF'],
  ['A connection of the pool is in a transaction', 'createDialect'],
])('“%s …” is told with its own remedy', (message, remedy) => {
  const number = all.find(([text]) => text.startsWith(message))?.[1];
  const error = Object.assign(new Error(message), { code: 'EREQUEST', number });
  expect(toIdempotencyError(error).message).toContain(remedy);
});

// With it on, BEGIN TRANSACTION begins two (SET IMPLICIT_TRANSACTIONS, Remarks): nobody forgot one.
test('IMPLICIT_TRANSACTIONS is told before the second transaction that it begins', async () => {
  await using server = await ScriptedServer.listen({
    answer: (statement: Statement) => {
      const first = /IF (?:@@TRANCOUNT > 1|@@OPTIONS & 2 = 2) THROW (\d+)/.exec(statement.text);
      return first === null ? storeAnswer(statement) : { error: { number: Number(first[1]) } };
    },
  });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
  const store = new SqlServerStore({ db });
  const paying = db.transaction().execute((tx) => store.inTransaction(tx).exists('key'));
  await expect(paying).rejects.toMatchObject({
    code: 'IDEM_STORE_FAILED',
    message: expect.stringContaining('IMPLICIT_TRANSACTIONS'),
  });
  await db.destroy();
});
