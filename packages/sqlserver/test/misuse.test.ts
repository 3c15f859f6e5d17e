import { SqlServerStore } from '@idem/sqlserver';
import { inMssqlTransaction, mssqlPool, mssqlTransactions } from '@idem/sqlserver/mssql';
import { inTediousTransaction } from '@idem/sqlserver/tedious';
import sql from 'mssql';
import { expect, test } from 'vitest';

const refusal = (what: RegExp) =>
  expect.objectContaining({
    code: 'IDEM_INVALID_OPTIONS',
    message: expect.stringMatching(what),
  });

test.each([undefined, null, {}, 'pool'])('%j is no pool and no connection', (wrong) => {
  const pool = refusal(/ConnectionPool of mssql/);
  expect(() => Reflect.apply(mssqlPool, undefined, [wrong])).toThrow(pool);
  expect(() => Reflect.apply(inMssqlTransaction, undefined, [wrong])).toThrow(pool);
  const connection = refusal(/Connection of tedious/);
  expect(() => Reflect.apply(inTediousTransaction, undefined, [wrong])).toThrow(connection);
});

test('a pool of mssql that is not connected is told as such, and not asked again and again', async () => {
  const pool = new sql.ConnectionPool({ server: 'nowhere.invalid' });
  const transactions = mssqlTransactions<sql.Transaction>();
  const store = new SqlServerStore({ pool: mssqlPool(pool), transactions });
  await expect(store.find('key')).rejects.toMatchObject({
    code: 'IDEM_STORE_UNAVAILABLE',
    retryable: false,
    message: expect.stringContaining('await pool.connect()'),
  });
});

test('a transaction of mssql is no place for a store: its claims would be rolled back', () => {
  const tx = { request: () => {}, begin: () => {}, commit: () => {}, rollback: () => {} };
  expect(() => Reflect.apply(mssqlPool, undefined, [tx])).toThrow(refusal(/ConnectionPool/));
});

test.each([
  ['a pool of mssql that was not given to mssqlPool', { request: () => {} }, /mssqlPool\(/],
  ['a function', () => {}, /mssqlPool\(/],
])('%s is no pool of a store', (_, pool, what) => {
  const transactions = mssqlTransactions();
  expect(() => Reflect.construct(SqlServerStore, [{ pool, transactions }])).toThrow(refusal(what));
});

test('the adapter itself in place of what it makes is refused', () => {
  const pool = { placeholder: () => '@1', send: async () => [] };
  const options = { pool, transactions: mssqlTransactions };
  expect(() => Reflect.construct(SqlServerStore, [options])).toThrow(
    refusal(/mssqlTransactions\(\)/),
  );
});
