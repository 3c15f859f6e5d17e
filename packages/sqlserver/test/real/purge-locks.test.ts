import { SqlServerStore } from '@idem/sqlserver';
import { expect, test } from 'vitest';
import { describeOnRealServer } from '../support/real-server.ts';

const value = new Uint8Array([1]);
const OPTIONS = { notOnBabelfish: 'which ignores READPAST' };
/** Rows that have ended; each shard has some. */
const ENDED = 400;

describeOnRealServer('a purge beside a transaction', OPTIONS, (at) => {
  test('steps over the rows that it holds, waits for nobody, and takes them the next time', async () => {
    // Shorter than the transaction lasts: one that waited for it would be given up.
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 10_000 });
    const [settings] = await at.query<{ rcsi: boolean; optimized: number | null }>(
      "SELECT is_read_committed_snapshot_on AS rcsi, CAST(DATABASEPROPERTYEX(DB_NAME(), 'IsOptimizedLockingOn') AS INT) AS optimized FROM sys.databases WHERE database_id = DB_ID()",
    );
    console.log(`row versioning ${settings?.rcsi}, optimized locking ${settings?.optimized === 1}`);
    for (let n = 0; n < ENDED; n++) await store.store(`ended ${n}`, value, 60_000);
    await store.store('live', value, 600_000);
    await at.query(
      `UPDATE dbo.${at.table} SET EndsAt = '2020-01-01' WHERE IdempotencyKey LIKE 'ended%'`,
    );
    const holder = await at.db.startTransaction().execute();
    await store.inTransaction(holder).store('ended 1', value, 600_000);
    await store.inTransaction(holder).remove('ended 2');
    await expect(store.purgeBacklog()).resolves.toMatchObject({ rows: ENDED - 2 });
    await expect(store.purgeExpired({ batch: 50 })).resolves.toBe(ENDED - 2);
    await holder.rollback().execute();
    await expect(store.purgeExpired()).resolves.toBe(2);
    await expect(store.exists('live')).resolves.toBe(true);
  });
});
