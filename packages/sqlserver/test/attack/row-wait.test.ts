/** What may happen to an operation while it waits for the row that somebody's open transaction has locked. */

import { FaultProxy } from '@idem/contract-tests/faults';
import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CompiledQuery, type ControlledTransaction, Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { configOf } from '../support/config.ts';
import { LONG, onBabelfish } from '../support/real-server.ts';
import { describeWithTable } from '../support/table.ts';

const value = new Uint8Array([1]);
const other = new Uint8Array([2]);
const LEASE = 600_000;
const PATIENT = 60_000;
const NO_WONDER = { timeout: 120_000 };

type Tx = ControlledTransaction<unknown>;
interface Spid {
  readonly spid: number;
}

describeWithTable('an operation that waits for the row', (at) => {
  const aside = (): string => `dbo.${at.table}_aside`;
  beforeAll(async () => {
    await at.query(`CREATE TABLE ${aside()} (Name NVARCHAR(100) NOT NULL, Done INT NOT NULL)`);
    await at.query(`CREATE TABLE ${aside()}_guarded (Name NVARCHAR(100) NOT NULL)`);
    await at.query(
      `CREATE TRIGGER ${aside()}_trigger ON ${aside()}_guarded AFTER INSERT AS BEGIN ROLLBACK TRANSACTION; RAISERROR('refused by a trigger', 16, 1); END`,
    );
  });
  afterAll(async () => {
    await at.query(`DROP TABLE ${aside()}_guarded`);
    await at.query(`DROP TABLE ${aside()}`);
  });

  const store = (): SqlServerStore =>
    new SqlServerStore({ db: at.db, table: at.table, timeout: PATIENT });
  const run = (tx: Pick<Tx, 'executeQuery'>, text: string, parameters: unknown[] = []) =>
    tx.executeQuery(CompiledQuery.raw(text, parameters));
  /** A key that is claimed, and a row of the application's beside it. */
  const claimed = async (key: string): Promise<string> => {
    const token = createToken();
    await at.query(`INSERT INTO ${aside()} VALUES (@1, 0)`, [key]);
    await store().claim(key, { token, lease: LEASE });
    return token;
  };
  /** Somebody's transaction that has the row, and the session that it is in. */
  const holding = async (key: string): Promise<Tx> => {
    const tx = await at.db.startTransaction().execute();
    // What `store` writes it also undoes with the rollback.
    await store().inTransaction(tx).store(key, other, LEASE);
    return tx;
  };
  const sessionOf = async (place: Pick<Tx, 'executeQuery'>): Promise<number> => {
    const { rows } = await place.executeQuery<Spid>(CompiledQuery.raw('SELECT @@SPID AS spid'));
    return Number(rows[0]?.spid);
  };
  const untilItWaits = (spid: number): Promise<unknown> =>
    vi.waitFor(
      async () => {
        const rows = await at.query<{ n: number }>(
          onBabelfish()
            ? `SELECT COUNT(*) AS n FROM pg_catalog.pg_stat_activity WHERE pid = @1 AND wait_event_type = 'Lock'`
            : 'SELECT COUNT(*) AS n FROM sys.dm_exec_requests WHERE session_id = @1 AND blocking_session_id <> 0',
          [spid],
        );
        expect(Number(rows[0]?.n)).toBe(1);
      },
      { timeout: PATIENT, interval: 50 },
    );

  const effects = async (key: string): Promise<number> =>
    (await at.query(`SELECT Name FROM ${aside()} WHERE Name = @1 AND Done = 1`, [key])).length;
  const rollback = (tx: Tx): Promise<unknown> =>
    tx
      .rollback()
      .execute()
      // The server has ended it by itself.
      .catch(() => {});

  // The victim is who closes the circle on Babelfish, and whoever SQL Server chooses there.
  test.each(['the operation', 'a statement of the application'])(
    'of two transactions in a deadlock that %s closes, one records all and the other nothing',
    NO_WONDER,
    async (closing) => {
      const key = `deadlock that ${closing} closes`;
      const token = await claimed(key);
      const holder = await holding(key);
      const tx = await at.db.startTransaction().execute();
      await run(tx, `UPDATE ${aside()} SET Done = 1 WHERE Name = @1`, [key]);
      const [spid, holderSpid] = [await sessionOf(tx), await sessionOf(holder)];
      const steps = [
        { who: spid, go: () => store().inTransaction(tx).complete(key, token, value, LEASE) },
        {
          who: holderSpid,
          go: () => run(holder, `UPDATE ${aside()} SET Done = 2 WHERE Name = @1`, [key]),
        },
      ];
      const answers: Promise<unknown>[] = [];
      for (const { who, go } of closing === 'the operation' ? steps.toReversed() : steps) {
        const answer = go();
        answer.catch(() => {});
        answers.push(answer);
        if (answers.length === 1) await untilItWaits(who);
      }
      const settled = await Promise.allSettled(answers);
      const [completed, updated] = closing === 'the operation' ? settled.toReversed() : settled;
      if (completed?.status === 'rejected') {
        expect(completed.reason).toMatchObject({ code: 'IDEM_STORE_BUSY', retryable: true });
        expect(updated?.status).toBe('fulfilled');
        const after = store().inTransaction(tx).store(`${key} after`, value, LEASE);
        await expect(after).rejects.toMatchObject({ name: 'IdempotencyError' });
        await rollback(tx);
        await holder.commit().execute();
        await expect(store().find(key)).resolves.toEqual(other);
        await expect(store().exists(`${key} after`)).resolves.toBe(false);
        expect(await effects(key)).toBe(0);
      } else {
        expect(completed?.value).toBe(true);
        expect(updated?.status).toBe('rejected');
        await rollback(holder);
        await tx.commit().execute();
        await expect(store().find(key)).resolves.toEqual(value);
        expect(await effects(key)).toBe(1);
      }
    },
  );

  describe('with a lock timeout of the session', () => {
    test('is refused for now in a transaction, and has written nothing', NO_WONDER, async () => {
      const key = 'lock timeout';
      const token = await claimed(key);
      const holder = await holding(key);
      const tx = await at.db.startTransaction().execute();
      await run(tx, 'SET LOCK_TIMEOUT 200');
      const completing = store().inTransaction(tx).complete(key, token, value, LEASE);
      await expect(completing).rejects.toMatchObject({ code: 'IDEM_STORE_BUSY', retryable: true });
      await holder.rollback().execute();
      await rollback(tx);
      await expect(store().find(key)).resolves.toBeNull();
      await expect(store().complete(key, token, value, LEASE)).resolves.toBe(true);
    });
  });

  // Each needs connections of its own, which take Babelfish seconds.
  test.each(
    LONG ? (['complete', 'renew', 'release', 'remove', 'store'] as const) : (['complete'] as const),
  )(
    '%s whose connection is lost meanwhile is done when the row is free, and says so',
    NO_WONDER,
    async (operation) => {
      const key = `cut ${operation}`;
      const token = await claimed(key);
      await using proxy = await FaultProxy.listen({ host: at.address.host, port: at.address.port });
      const address = { ...at.address, host: proxy.host, port: proxy.port };
      const db = new Kysely<unknown>({ dialect: createDialect(configOf(address), { max: 1 }) });
      const spid = await sessionOf(db);
      const holder = await holding(key);
      const cut = new SqlServerStore({ db, table: at.table, timeout: PATIENT });
      const operations = {
        complete: () => cut.complete(key, token, value, LEASE),
        renew: () => cut.renew(key, token, LEASE),
        release: () => cut.release(key, token),
        remove: () => cut.remove(key),
        store: () => cut.store(key, value, LEASE),
      };
      const answer = operations[operation]();
      answer.catch(() => {});
      await untilItWaits(spid);
      proxy.cut();
      proxy.restore();
      const again = await sessionOf(db).catch(() => undefined);
      if (again !== undefined) expect(again).not.toBe(spid);
      await holder.rollback().execute();
      await expect(answer).resolves.toBe(
        operation === 'remove' || operation === 'store' ? undefined : true,
      );
      const { state } = await store().inspect(key);
      const states = { complete: 'completed', renew: 'claimed', store: 'completed' };
      expect(state).toBe({ ...states, release: 'vacant', remove: 'vacant' }[operation]);
      await db.destroy();
    },
  );

  test(
    'a transaction whose connection is lost meanwhile has recorded nothing',
    NO_WONDER,
    async () => {
      const key = 'cut in a transaction';
      const token = await claimed(key);
      await using proxy = await FaultProxy.listen({ host: at.address.host, port: at.address.port });
      const address = { ...at.address, host: proxy.host, port: proxy.port };
      const db = new Kysely<unknown>({ dialect: createDialect(configOf(address), { max: 1 }) });
      const holder = await holding(key);
      const tx = await db.startTransaction().execute();
      await run(tx, `UPDATE ${aside()} SET Done = 1 WHERE Name = @1`, [key]);
      const spid = await sessionOf(tx);
      const completing = store().inTransaction(tx).complete(key, token, value, LEASE);
      completing.catch(() => {});
      await untilItWaits(spid);
      proxy.cut();
      await expect(completing).rejects.toMatchObject({ code: 'IDEM_STORE_UNAVAILABLE' });
      await holder.rollback().execute();
      await rollback(tx);
      // Behind whatever the session that was left is still about.
      await expect(store().complete(key, token, other, LEASE)).resolves.toBe(true);
      await expect(store().find(key)).resolves.toEqual(other);
      expect(await effects(key)).toBe(0);
      await db.destroy();
    },
  );

  test(
    'a trigger of the application that rolls back meanwhile takes the record with it',
    NO_WONDER,
    async () => {
      const key = 'trigger';
      const token = await claimed(key);
      const tx = await at.db.startTransaction().execute();
      await expect(store().inTransaction(tx).complete(key, token, value, LEASE)).resolves.toBe(
        true,
      );
      await expect(run(tx, `INSERT INTO ${aside()}_guarded VALUES (@1)`, [key])).rejects.toThrow();
      await expect(
        store().inTransaction(tx).complete(key, token, value, LEASE),
      ).rejects.toMatchObject({ code: 'IDEM_STORE_FAILED' });
      await rollback(tx);
      await expect(store().find(key)).resolves.toBeNull();
      await expect(store().complete(key, token, value, LEASE)).resolves.toBe(true);
    },
  );

  describe('in a snapshot transaction', () => {
    /** Kysely names such a transaction by chance, and Babelfish takes not every name. */
    const snapshot = async (): Promise<Tx> => {
      try {
        return await at.db.startTransaction().setIsolationLevel('snapshot').execute();
      } catch (error) {
        if (!/savepoint name is not valid/.test(String(error))) throw error;
        return snapshot();
      }
    };
    test.for(['commit', 'rollback'] as const)(
      'is judged by what is there after the %s of who had the row',
      NO_WONDER,
      async (how, { skip }) => {
        const [row] = await at.query<{ allowed: number | null }>(
          'SELECT snapshot_isolation_state AS allowed FROM sys.databases WHERE name = DB_NAME()',
        );
        if (!onBabelfish() && row?.allowed !== 1) skip('the database allows no snapshots');
        const key = `snapshot ${how}`;
        const token = await claimed(key);
        const holder = await holding(key);
        const tx = await snapshot();
        await run(tx, `SELECT Name FROM ${aside()}`);
        const spid = await sessionOf(tx);
        const completing = store().inTransaction(tx).complete(key, token, value, LEASE);
        completing.catch(() => {});
        await untilItWaits(spid);
        await holder[how]().execute();
        if (how === 'rollback') {
          await expect(completing).resolves.toBe(true);
          await tx.commit().execute();
          await expect(store().find(key)).resolves.toEqual(value);
          return;
        }
        const answer = await completing.catch((error: unknown) => error);
        // SQL Server reads at the level that the procedure states; Babelfish knows one for a transaction.
        if (answer !== false) {
          expect(answer).toMatchObject({ code: 'IDEM_STORE_BUSY', retryable: true });
        }
        await rollback(tx);
        await expect(store().find(key)).resolves.toEqual(other);
      },
    );
  });
});
