import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CompiledQuery, Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { configOf } from '../support/config.ts';
import { describeOnRealServer } from '../support/real-server.ts';

const value = new Uint8Array([1]);
const LEASE = 600_000;
const OPTIONS = { notOnBabelfish: 'there a cancel costs the connection' };

describeOnRealServer('after a request was cancelled in a transaction', OPTIONS, (at) => {
  const store = (timeout: number) => new SqlServerStore({ db: at.db, table: at.table, timeout });
  const trancount = 'SELECT @@TRANCOUNT AS n';
  const locks =
    "SELECT COUNT(*) AS n FROM sys.dm_tran_locks WHERE request_session_id = @@SPID AND resource_type IN ('KEY', 'RID', 'XACT', 'PAGE')";

  test.each(['OFF', 'ON'])(
    'the server has answered for it before it is rejected, with XACT_ABORT %s',
    async (abort) => {
      const key = `cancelled ${abort}`;
      const token = createToken();
      await store(60_000).claim(key, { token, lease: LEASE });
      const holder = await at.db.startTransaction().execute();
      await store(60_000).inTransaction(holder).complete(key, token, value, LEASE);
      // Of the session: what a request sets ends with it, since drivers send it by sp_executesql.
      const config = configOf(at.address);
      const options = { ...config.options, abortTransactionOnError: abort === 'ON' };
      const db = new Kysely<unknown>({
        dialect: createDialect({ ...config, options }, { max: 1 }),
      });
      const tx = await db.startTransaction().execute();
      const ask = async (text: string): Promise<number> => {
        const { rows } = await tx.executeQuery<{ n: number }>(CompiledQuery.raw(text));
        return Number(rows[0]?.n);
      };
      await expect(ask('SELECT @@OPTIONS & 16384 AS n')).resolves.toBe(abort === 'ON' ? 16384 : 0);
      await store(60_000).inTransaction(tx).store(`${key}, written before`, value, LEASE);
      await expect(ask(trancount)).resolves.toBe(1);
      const held = await ask(locks);
      expect(held).toBeGreaterThan(0);

      const waiting = store(300).inTransaction(tx).complete(key, token, value, LEASE);
      await expect(waiting).rejects.toMatchObject({ code: 'IDEM_STORE_TIMEOUT' });
      // The connection takes the next request at once. An attention ends a transaction with XACT_ABORT.
      const left = await ask(trancount);
      expect(left).toBe(abort === 'ON' ? 0 : 1);
      if (left === 1) await expect(ask(locks)).resolves.toBeGreaterThan(0);
      const after = store(60_000).inTransaction(tx).store(`${key}, after`, value, LEASE);
      await (left === 1
        ? expect(after).resolves.toBeUndefined()
        : expect(after).rejects.toMatchObject({ code: 'IDEM_STORE_FAILED' }));
      await tx.rollback().execute();
      await db.destroy();
      await holder.rollback().execute();
      await expect(store(60_000).exists(`${key}, written before`)).resolves.toBe(false);
      await expect(store(60_000).exists(`${key}, after`)).resolves.toBe(false);
    },
  );

  test.each(['renew', 'release', 'remove'] as const)(
    '%s outside of one leaves no transaction open, though the session has XACT_ABORT off',
    async (operation) => {
      const key = `cancelled ${operation}`;
      const token = createToken();
      await store(60_000).claim(key, { token, lease: LEASE });
      const holder = await at.db.startTransaction().execute();
      await store(60_000).inTransaction(holder).complete(key, token, value, LEASE);
      const config = configOf(at.address);
      const options = { ...config.options, abortTransactionOnError: false };
      const db = new Kysely<unknown>({
        dialect: createDialect({ ...config, options }, { max: 1 }),
      });
      const waiting = new SqlServerStore({ db, table: at.table, timeout: 300 });
      const operations = {
        renew: () => waiting.renew(key, token, LEASE),
        release: () => waiting.release(key, token),
        remove: () => waiting.remove(key),
      };
      await db.executeQuery(CompiledQuery.raw('SELECT 1 AS connected'));
      await expect(operations[operation]()).rejects.toMatchObject({ code: 'IDEM_STORE_TIMEOUT' });
      const { rows } = await db.executeQuery<{ n: number; abort: number }>(
        CompiledQuery.raw('SELECT @@TRANCOUNT AS n, @@OPTIONS & 16384 AS abort'),
      );
      expect(rows).toEqual([{ n: 0, abort: 0 }]);
      await db.destroy();
      await holder.rollback().execute();
      await expect(store(60_000).complete(key, token, value, LEASE)).resolves.toBe(true);
    },
  );
});
