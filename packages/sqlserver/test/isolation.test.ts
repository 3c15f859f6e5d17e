import { createToken } from '@idem/core';
import { createDialect, SqlServerStore } from '@idem/sqlserver';
import { CompiledQuery, type IsolationLevel, Kysely, type Transaction } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { configOf } from './support/config.ts';
import { describeWithTable } from './support/table.ts';

const LEVELS = [
  'read uncommitted',
  'read committed',
  'repeatable read',
  'serializable',
  'snapshot',
] as const satisfies readonly IsolationLevel[];
const NOT_ON_BABELFISH: ReadonlySet<IsolationLevel> = new Set(['repeatable read', 'serializable']);
/** Kysely names such a transaction by chance, and Babelfish takes not every name. */
async function transactionAt<R>(
  db: Kysely<unknown>,
  level: IsolationLevel,
  work: (tx: Transaction<unknown>) => Promise<R>,
): Promise<R> {
  try {
    return await db.transaction().setIsolationLevel(level).execute(work);
  } catch (error) {
    if (!/savepoint name is not valid/.test(String(error))) throw error;
    return transactionAt(db, level, work);
  }
}

const value = new Uint8Array([1]);
const LEASE = 600_000;

describeWithTable('whatever isolation level the application uses', (at) => {
  let babelfish = false;
  beforeAll(async () => {
    const [row] = await at.query<{ version: unknown }>(
      "SELECT SERVERPROPERTY('Babelfish') AS version",
    );
    babelfish = row?.version !== null;
  });

  describe.each(LEVELS)('%s', (level) => {
    test('the operations and the purge run on its session, after its transaction', async ({
      skip,
    }) => {
      if (babelfish && NOT_ON_BABELFISH.has(level)) skip('Babelfish refuses this level');
      const db = new Kysely<unknown>({ dialect: createDialect(configOf(at.address), { max: 1 }) });
      await transactionAt(db, level, (tx) => tx.executeQuery(CompiledQuery.raw('SELECT 1 AS one')));
      const store = new SqlServerStore({ db, table: at.table, timeout: 60_000 });
      const key = `session at ${level}`;
      const token = createToken();
      await expect(store.find(key)).resolves.toBeNull();
      await store.claim(key, { token, lease: LEASE });
      await expect(store.renew(key, token, LEASE)).resolves.toBe(true);
      await expect(store.complete(key, token, value, LEASE)).resolves.toBe(true);
      await expect(store.purgeExpired()).resolves.toBeGreaterThanOrEqual(0);
      await db.destroy();
    });

    test('a lease that is renewed beside its transaction does not keep it from recording', async ({
      skip,
    }) => {
      if (babelfish && NOT_ON_BABELFISH.has(level)) skip('Babelfish refuses this level');
      if (babelfish && level === 'snapshot') {
        skip('Babelfish lets no statement of a snapshot transaction run at another level');
      }
      const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
      const key = `transaction at ${level}`;
      const token = createToken();
      await store.claim(key, { token, lease: LEASE });
      const completed = await transactionAt(at.db, level, async (tx) => {
        // Its snapshot is of now.
        await tx.executeQuery(CompiledQuery.raw('SELECT COUNT(*) AS n FROM sys.tables'));
        await store.renew(key, token, LEASE);
        return store.inTransaction(tx).complete(key, token, value, LEASE);
      });
      expect(completed).toBe(true);
      await expect(store.find(key)).resolves.toEqual(value);
    });
  });

  test('nobody sees what another transaction has not committed, at read uncommitted either', async () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    const key = 'not committed';
    const token = createToken();
    await store.claim(key, { token, lease: LEASE });
    const open = await at.db.startTransaction().execute();
    await store.inTransaction(open).complete(key, token, value, LEASE);
    const db = new Kysely<unknown>({ dialect: createDialect(configOf(at.address), { max: 1 }) });
    await transactionAt(db, 'read uncommitted', (tx) =>
      tx.executeQuery(CompiledQuery.raw('SELECT 1 AS one')),
    );
    const dirty = new SqlServerStore({ db, table: at.table, timeout: 60_000 }).exists(key);
    await open.rollback().execute();
    await expect(dirty).resolves.toBe(false);
    await db.destroy();
  });
});
