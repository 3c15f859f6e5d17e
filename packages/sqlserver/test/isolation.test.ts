import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CompiledQuery, type IsolationLevel, Kysely, type Transaction } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
  let snapshots = true;
  /** Of the application's: nobody else is at it, whatever locks a level takes. */
  const aside = (): string => `dbo.${at.table}_aside`;
  beforeAll(async () => {
    const [row] = await at.query<{ version: unknown; snapshots: number | null }>(
      "SELECT SERVERPROPERTY('Babelfish') AS version, snapshot_isolation_state AS snapshots FROM sys.databases WHERE name = DB_NAME()",
    );
    babelfish = row?.version !== null;
    snapshots = babelfish || row?.snapshots === 1;
    await at.query(`CREATE TABLE ${aside()} (n INT NOT NULL)`);
    await at.query(`INSERT INTO ${aside()} VALUES (1)`);
  });
  afterAll(() => at.query(`DROP TABLE ${aside()}`));
  const whyNot = (level: IsolationLevel): string | undefined => {
    if (babelfish && NOT_ON_BABELFISH.has(level)) return 'Babelfish refuses this level';
    if (level !== 'snapshot' || snapshots) return undefined;
    return 'the database does not allow it (ALTER DATABASE … SET ALLOW_SNAPSHOT_ISOLATION ON)';
  };

  describe.each(LEVELS)('%s', (level) => {
    test('the operations and the purge run on its session, after its transaction', async ({
      skip,
    }) => {
      const reason = whyNot(level);
      if (reason !== undefined) skip(reason);
      const db = new Kysely<unknown>({ dialect: createDialect(configOf(at.address), { max: 1 }) });
      await transactionAt(db, level, (tx) =>
        tx.executeQuery(CompiledQuery.raw(`SELECT n FROM ${aside()}`)),
      );
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
      const reason = whyNot(level);
      if (reason !== undefined) skip(reason);
      if (babelfish && level === 'snapshot') {
        skip('Babelfish lets no statement of a snapshot transaction run at another level');
      }
      const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
      const key = `transaction at ${level}`;
      const token = createToken();
      await store.claim(key, { token, lease: LEASE });
      const completed = await transactionAt(at.db, level, async (tx) => {
        // Its snapshot is of now: of the first data that it reads.
        await tx.executeQuery(CompiledQuery.raw(`SELECT n FROM ${aside()}`));
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
