import { createToken, Idempotency } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

test('handlers that hold every connection in transactions have their leases renewed', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config, { max: 2 }) });
  const store = new SqlServerStore({ db });
  const idempotency = new Idempotency({ store, ttl: 60_000, lease: 9_000 });
  const renewed = async (): Promise<void> => {
    // Both hold a connection and ask for none: who renews has to have another.
    while (server.sent('_Renew_').length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const pay = (key: string) =>
    idempotency.runInTransaction(key, (work) => db.transaction().execute(work), renewed);
  await expect(Promise.all([pay('a'), pay('b')])).resolves.toHaveLength(2);
  expect(server.connections).toBe(3);
  await db.destroy();
});

test('one connection serves who asked first, and is used again and again', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config, { max: 1 }) });
  const store = new SqlServerStore({ db });
  await store.remove('known to the pool');
  for (let n = 0; n < 3; n++) {
    const first = store.claim('a', { token: createToken(), lease: 60_000 });
    const second = store.store('b', new Uint8Array(1), 60_000);
    await Promise.all([first.then(() => store.exists('c')), second]);
  }
  const order = server.log.map(({ text }) => /_([A-Z][a-z]+)_1/.exec(text)?.[1]);
  const round = ['Claim', 'Store', 'Exists'];
  expect(order).toEqual(['Remove', ...round, ...round, ...round]);
  expect(server.connections).toBe(1);
  await db.destroy();
});

test.each([3906, 976, 978])(
  'error %i is met with another connection, since this one stays where it is',
  async (number) => {
    await using server = await ScriptedServer.listen({
      answer: (statement: Statement) =>
        statement.session === 0 ? { error: { number } } : storeAnswer(statement),
    });
    const db = new Kysely<unknown>({ dialect: createDialect(server.config, { max: 1 }) });
    const store = new SqlServerStore({ db, timeout: 60_000 });
    await expect(
      store.claim('key', { token: createToken(), lease: 60_000 }),
    ).resolves.toMatchObject({
      outcome: 'acquired',
    });
    expect(server.sent('_Claim_')).toHaveLength(2);
    await db.destroy();
  },
);

test('a creation of the schema that another holds up is asked for again, within the request timeout', async () => {
  let tries = 0;
  await using server = await ScriptedServer.listen({
    answer: (statement: Statement) => {
      if (!statement.text.includes('sp_getapplock')) return storeAnswer(statement);
      return ++tries < 3 ? { error: { number: 54731 } } : { rows: [] };
    },
  });
  const store = await SqlServerStore.connect(server.config, { timeout: 1_000 });
  await store.ensureSchema();
  expect(tries).toBe(3);
  const wait = /@LockTimeout = (\d+)/.exec(server.sent('sp_getapplock')[0] ?? '')?.[1];
  expect(Number(wait)).toBeLessThan(10_000);
  await store.close();
});
