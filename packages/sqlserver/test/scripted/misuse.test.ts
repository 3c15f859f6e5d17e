import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { inMssqlTransaction, mssqlPool, mssqlTransactions } from '@idem/sqlserver/mssql';
import { inTediousTransaction } from '@idem/sqlserver/tedious';
import sql from 'mssql';
import { describe, expect, test } from 'vitest';
import { libraries } from '../support/libraries/index.ts';
import type { LibraryOpener } from '../support/libraries/library.ts';
import { onScriptedServer } from '../support/tds/libraries.ts';

const refusal = (what: string | RegExp) =>
  expect.objectContaining({
    code: 'IDEM_INVALID_OPTIONS',
    message: expect.stringMatching(what),
  });

/** What each library calls its transactions, in the message. */
const WHAT: Readonly<Record<string, RegExp>> = {
  kysely: /db\.transaction\(\)\.execute/,
  mssql: /Transaction of mssql/,
  tedious: /Connection of tedious/,
  knex: /knex\.transaction\(/,
  typeorm: /source\.transaction\(/,
  'the adapter of prisma': /prisma\.\$transaction\(/,
  sequelize: /sequelize\.transaction\(/,
};

describe.each(libraries)('the transactions of $name', (library) => {
  test('are not its pool, nor anything else', () =>
    onScriptedServer(library, () => ({
      use: async ({ transactions, pool }) => {
        const what = WHAT[library.name] ?? '';
        for (const wrong of [pool, undefined, null, {}, 'tx', () => {}]) {
          expect(() => Reflect.apply(transactions.channel, transactions, [wrong])).toThrow(
            refusal(what),
          );
        }
      },
    })));

  test('are none that have ended: nothing is sent in them', () =>
    onScriptedServer(library, (server) => ({
      use: async ({ store, start }) => {
        for (const how of ['commit', 'rollback'] as const) {
          const begun = await start();
          await begun[how]();
          const value = new Uint8Array(1);
          const late = async () =>
            store.inTransaction(begun.tx).complete('key', createToken(), value, 60_000);
          await expect(late()).rejects.toMatchObject({
            code: 'IDEM_STORE_FAILED',
            message: expect.stringContaining('no longer there'),
            retryable: true,
          });
        }
        expect(server.committed).toEqual([]);
      },
    })));
});

interface Seen {
  readonly name: string;
  readonly tx: unknown;
  readonly transactions: object & { channel(tx: never): unknown };
}

/** With an open transaction of each library. */
async function withAll(
  left: readonly LibraryOpener[],
  seen: readonly Seen[],
  then: (seen: readonly Seen[]) => void,
): Promise<void> {
  const [library, ...others] = left;
  if (library === undefined) return then(seen);
  await onScriptedServer(library, () => ({
    use: async ({ transactions, start }) => {
      const { tx, rollback } = await start();
      await withAll(others, [...seen, { name: library.name, tx, transactions }], then);
      await rollback();
    },
  }));
}

test('no library’s transaction is taken for another’s', () =>
  withAll(libraries, [], (seen) => {
    for (const { name, transactions } of seen) {
      for (const { name: other, tx } of seen) {
        const take = () => Reflect.apply(transactions.channel, transactions, [tx]);
        if (name === other) expect(take).not.toThrow();
        else expect(take, `${other} as ${name}`).toThrow(refusal(WHAT[name] ?? ''));
      }
    }
  }));

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
