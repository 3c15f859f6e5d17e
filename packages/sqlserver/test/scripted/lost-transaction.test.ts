import { createToken, Idempotency } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CompiledQuery, Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

const deadlock = CompiledQuery.raw('UPDATE accounts');

/** A server that ends the transaction of one statement with an error, by default as a deadlock's victim. */
const deadlocking = (number = 1205): Promise<ScriptedServer> =>
  ScriptedServer.listen({
    answer: (statement: Statement) =>
      statement.text.startsWith('UPDATE accounts')
        ? { error: { number }, rollsBack: true }
        : storeAnswer(statement),
  });

const open = (server: ScriptedServer) => {
  const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
  const store = new SqlServerStore({ db });
  return { db, store, idempotency: new Idempotency({ store, ttl: 60_000 }) };
};

test.each([
  [1205, 'a deadlock'],
  [3960, 'a snapshot conflict'],
  [3609, 'an error in a trigger'],
  [245, 'one that ends the batch'],
  [547, 'any error, with abortTransactionOnError'],
])('a handler that swallows error %i (%s) has recorded nothing', async (number) => {
  await using server = await deadlocking(number);
  const { db, idempotency } = open(server);
  const paying = idempotency.runInTransaction(
    'key',
    (work) => db.transaction().execute(work),
    async ({ tx }) => {
      await tx.executeQuery(CompiledQuery.raw('INSERT payment'));
      await tx.executeQuery(deadlock).catch(() => {});
      return { paid: true };
    },
  );
  await expect(paying).rejects.toMatchObject({
    code: 'IDEM_STORE_FAILED',
    message: expect.stringContaining('no longer there'),
    retryable: true,
  });
  await db.destroy();
  expect(server.committed).toEqual([]);
});

test.each(['complete', 'store', 'remove', 'find', 'exists'] as const)(
  '%s rejects where the transaction is gone',
  async (operation) => {
    await using server = await deadlocking();
    const { db, store } = open(server);
    const answer = db.transaction().execute(async (tx) => {
      await tx.executeQuery(deadlock).catch(() => {});
      const bound = store.inTransaction(tx);
      const value = new Uint8Array([1]);
      switch (operation) {
        case 'complete':
          return bound.complete('key', createToken(), value, 60_000);
        case 'store':
          return bound.store('key', value, 60_000);
        default:
          return bound[operation]('key');
      }
    });
    await expect(answer).rejects.toMatchObject({ code: 'IDEM_STORE_FAILED' });
    await db.destroy();
  },
);

test('a rollback that is refused does not hide the deadlock before it', async () => {
  await using server = await deadlocking();
  const { db } = open(server);
  const paying = db.transaction().execute((tx) => tx.executeQuery(deadlock));
  await expect(paying).rejects.toMatchObject({ number: 1205 });
  expect(server.log.at(-1)?.text).toBe('rollback');
  await db.destroy();
});
