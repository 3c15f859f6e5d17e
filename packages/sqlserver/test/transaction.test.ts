import { createToken, Idempotency } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { CompiledQuery, type Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paymentInto, paymentsOf } from './support/payments.ts';
import { describeWithTable } from './support/table.ts';

const value = new Uint8Array([1]);

describeWithTable('in the user’s own transaction', (at) => {
  beforeAll(() =>
    at.query(`CREATE TABLE ${paymentsOf(at.table)} (IdempotencyKey NVARCHAR(100) NOT NULL)`),
  );
  afterAll(() => at.query(`DROP TABLE ${paymentsOf(at.table)}`));
  const payments = async (key: string): Promise<number> => {
    const [row] = await at.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM ${paymentsOf(at.table)} WHERE IdempotencyKey = @1`,
      [key],
    );
    return Number(row?.n);
  };
  const payIn = (tx: Kysely<unknown>, key: string): Promise<unknown> =>
    tx.executeQuery(CompiledQuery.raw(paymentInto(at.table).replace('?', '@1'), [key]));
  const lapse = (key: string): Promise<unknown[]> =>
    at.query(
      `UPDATE dbo.${at.table} SET EndsAt = '2020-01-01' WHERE IdempotencyKey = @1 AND State = 'claimed'`,
      [key],
    );
  const open = (lease = 60_000): Idempotency<SqlServerStore> =>
    new Idempotency({
      store: new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 }),
      ttl: 600_000,
      lease,
    });
  const pay = (idempotency: Idempotency<SqlServerStore>, key: string, then?: () => Promise<void>) =>
    idempotency.runInTransaction(
      key,
      (work) => at.db.transaction().execute(work),
      async ({ tx }) => {
        await payIn(tx, key);
        await then?.();
        return { paid: key };
      },
      { wait: 60_000 },
    );

  test('effect and record are committed together, and replayed', async () => {
    const first = await pay(open(), 'together');
    const again = await pay(open(), 'together');
    expect([first.replayed, again.replayed]).toEqual([false, true]);
    expect(again.value).toEqual({ paid: 'together' });
    await expect(payments('together')).resolves.toBe(1);
  });

  test('a function that throws leaves neither', async () => {
    const failing = pay(open(), 'thrown', async () => {
      throw new Error('declined');
    });
    await expect(failing).rejects.toThrow('declined');
    await expect(payments('thrown')).resolves.toBe(0);
    await expect(pay(open(), 'thrown')).resolves.toMatchObject({ replayed: false });
    await expect(payments('thrown')).resolves.toBe(1);
  });

  test('a holder that outlived its lease has its writes rolled back', async () => {
    const outlived = pay(open(), 'outlived', async () => {
      await lapse('outlived');
      await pay(open(), 'outlived');
    });
    await expect(outlived).rejects.toMatchObject({ code: 'IDEM_LEASE_LOST' });
    await expect(payments('outlived')).resolves.toBe(1);
  });

  test('complete answers false for who does not hold the claim, and writes nothing', async () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    await store.claim('stranger', { token: createToken(), lease: 60_000 });
    const answer = await at.db
      .transaction()
      .execute((tx) => store.inTransaction(tx).complete('stranger', createToken(), value, 60_000));
    expect(answer).toBe(false);
    await expect(store.exists('stranger')).resolves.toBe(false);
  });

  test('complete answers false for a record that was there before, whoever wrote it', async () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    const token = createToken();
    await store.claim('before', { token, lease: 60_000 });
    const complete = (): Promise<boolean> =>
      at.db
        .transaction()
        .execute((tx) => store.inTransaction(tx).complete('before', token, value, 60_000));
    // A begin that repeats its work after a commit that nobody confirmed.
    await expect(complete()).resolves.toBe(true);
    await expect(complete()).resolves.toBe(false);
    await expect(store.complete('before', token, value, 60_000)).resolves.toBe(true);
  });

  test('a transaction that an error ended, swallowed, records nothing', async () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    const token = createToken();
    await store.claim('ended', { token, lease: 60_000 });
    const paying = at.db.transaction().execute(async (tx) => {
      await payIn(tx, 'ended');
      // An error that ends the batch and the transaction with it, on every server.
      const ending = CompiledQuery.raw("SET XACT_ABORT ON; SELECT CAST('x' AS INT)");
      await tx.executeQuery(ending).catch(() => {});
      return store.inTransaction(tx).complete('ended', token, value, 60_000);
    });
    await expect(paying).rejects.toMatchObject({ code: 'IDEM_STORE_FAILED', retryable: true });
    await expect(store.exists('ended')).resolves.toBe(false);
    await expect(payments('ended')).resolves.toBe(0);
  });

  test('a session with IMPLICIT_TRANSACTIONS on is refused, since nobody can tell what it is in', async () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    const tx = await at.db.startTransaction().execute();
    const set = (to: string) =>
      tx.executeQuery(CompiledQuery.raw(`SET IMPLICIT_TRANSACTIONS ${to}`));
    await set('ON');
    const storing = store.inTransaction(tx).store('implicit', value, 60_000);
    await expect(storing).rejects.toMatchObject({
      code: 'IDEM_STORE_FAILED',
      message: expect.stringContaining('IMPLICIT_TRANSACTIONS'),
    });
    await set('OFF');
    await tx.rollback().execute();
    await expect(store.exists('implicit')).resolves.toBe(false);
  });

  test('what is rolled back was never completed', async () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    const token = createToken();
    await store.claim('rolled back', { token, lease: 60_000 });
    const tx = await at.db.startTransaction().execute();
    await expect(
      store.inTransaction(tx).complete('rolled back', token, value, 60_000),
    ).resolves.toBe(true);
    await tx.rollback().execute();
    await expect(store.exists('rolled back')).resolves.toBe(false);
    await expect(store.renew('rolled back', token, 60_000)).resolves.toBe(true);
  });

  test('something that is no transaction is refused', () => {
    const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
    // @ts-expect-error: what a JavaScript caller could do
    expect(() => store.inTransaction(at.db)).toThrow(
      expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
    );
  });
});
