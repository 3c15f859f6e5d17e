import { setTimeout as sleep } from 'node:timers/promises';
import { createToken } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { until } from '@idem-workspace/test-servers/postgres';
import pg from 'pg';
import postgres from 'postgres';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';
import type { TestTable } from '../support/table-on.ts';

const value = new Uint8Array([1]);
const LIFE = 600_000;
/** Longer than a write takes that waits for nobody. */
const A_WHILE = 20;

interface Opened extends AsyncDisposable {
  readonly store: PostgresStore<never>;
  /** In a transaction of the user's; resolves to false where it could not be committed. */
  inTransaction(
    level: string,
    work: (bound: ReturnType<PostgresStore['inTransaction']>) => Promise<void>,
  ): Promise<boolean>;
}

/** Connections whose sessions have this setting. */
type Open = (at: TestTable, name: string, setting: string) => Opened;

const libraries: Readonly<Record<string, Open>> = {
  pg: ({ server, table }, name, setting) => {
    const options = `-c ${name}=${setting.replaceAll(' ', '\\ ')}`;
    const pool = new pg.Pool({ connectionString: server, options });
    const store = new PostgresStore<pg.PoolClient>({ pool, table, timeout: 60_000 });
    return {
      store,
      inTransaction: async (level, work) => {
        const tx = await pool.connect();
        try {
          await tx.query(`BEGIN ISOLATION LEVEL ${level}`);
          await tx.query('SELECT 1');
          await work(store.inTransaction(tx));
          return (await tx.query('COMMIT')).command === 'COMMIT';
        } finally {
          tx.release();
        }
      },
      [Symbol.asyncDispose]: () => pool.end(),
    };
  },
  'postgres.js': ({ server, table }, name, setting) => {
    const sql = postgres(server, { connection: { [name]: setting }, onnotice: () => {} });
    const store = new PostgresStore<postgres.TransactionSql>({ pool: sql, table, timeout: 60_000 });
    return {
      store,
      inTransaction: (level, work) =>
        sql
          .begin(`ISOLATION LEVEL ${level}`, async (tx) => {
            await tx`SELECT 1`;
            await work(store.inTransaction(tx));
          })
          .then(
            () => true,
            () => false,
          ),
      [Symbol.asyncDispose]: () => sql.end(),
    };
  },
};

/** What another session does to a key, and does not end at once. */
const insert = (table: string): string =>
  `INSERT INTO ${table} (key, state, fence, takeover, ends_at) VALUES ($1, 'vacant', 7, false, now())`;
const others: Readonly<Record<string, (table: string) => readonly string[]>> = {
  'an insert': (table) => [insert(table)],
  'an insert that it deletes again': (table) => [
    insert(table),
    `DELETE FROM ${table} WHERE key = $1`,
  ],
  'an update': (table) => [`UPDATE ${table} SET ends_at = ends_at WHERE key = $1`],
};

describeWithTable('what waits for a key that another session has', (at) => {
  const waiting = async (): Promise<number> => {
    const text = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'`;
    return (await at.query(text, [at.table])).length;
  };
  /** Sends it while another session has the keys; tells the moment at which it let go of them. */
  const whileOtherHas = async (
    keys: readonly string[],
    statements: readonly string[],
    end: 'COMMIT' | 'ROLLBACK',
    send: () => { readonly sent: Promise<unknown>; readonly waiters: number },
  ): Promise<string> => {
    const other = await at.pool.connect();
    try {
      await other.query('BEGIN');
      for (const key of keys) {
        for (const text of statements) await other.query(text, [Buffer.from(key)]);
      }
      const { sent, waiters } = send();
      await until('all wait', async () => (await waiting()) >= waiters);
      await sleep(A_WHILE);
      const [row] = await at.query('SELECT clock_timestamp()::text AS now');
      await other.query(end);
      await sent;
      return String(row?.['now']);
    } finally {
      other.release();
    }
  };
  /** The state, and whether its time began at that moment or after it. */
  const recorded = async (key: string, moment: string): Promise<unknown> => {
    const text = `SELECT state, ends_at >= $2::timestamptz + $3 * interval '1 ms' AS anew FROM ${at.table} WHERE key = $1`;
    return (await at.query(text, [Buffer.from(key), moment, LIFE]))[0];
  };
  const vacant = async (store: PostgresStore<never>, key: string): Promise<void> => {
    await store.store(key, value, LIFE);
    await store.remove(key);
  };

  for (const [library, open] of Object.entries(libraries)) {
    for (const level of ['read committed', 'repeatable read']) {
      test(`${library}, ${level}: counts from when it ended, and one of several has the claim`, async () => {
        await using opened = open(at, 'default_transaction_isolation', level);
        const { store } = opened;
        for (const [what, statementsOf] of Object.entries(others)) {
          for (const end of ['COMMIT', 'ROLLBACK'] as const) {
            const of = `${library}, ${level}: ${what}, ${end}`;
            const [stored, claimed] = [`${of}, stored`, `${of}, claimed`];
            if (what === 'an update') {
              await vacant(store, stored);
              await vacant(store, claimed);
            }
            const request = () => ({ token: createToken(), lease: LIFE });
            const stores = [1, 2].map((n) => () => store.store(stored, new Uint8Array([n]), LIFE));
            const outcomes: string[] = [];
            const moment = await whileOtherHas(
              [stored, claimed],
              statementsOf(at.table),
              end,
              () => {
                const claims = Array.from({ length: 3 }, async () => {
                  outcomes.push((await store.claim(claimed, request())).outcome);
                });
                const sent = Promise.all([...claims, ...stores.map((each) => each())]);
                return { sent, waiters: 5 };
              },
            );
            expect(await recorded(stored, moment), stored).toEqual({
              state: 'completed',
              anew: true,
            });
            expect(outcomes.toSorted(), claimed).toEqual([
              'acquired',
              'in-progress',
              'in-progress',
            ]);
            expect(await recorded(claimed, moment), claimed).toEqual({
              state: 'claimed',
              anew: true,
            });
          }
        }
      });

      test(`${library}, ${level}: in a transaction it counts from then, or cannot be committed`, async () => {
        await using opened = open(at, 'default_transaction_isolation', level);
        for (const [what, statementsOf] of Object.entries(others)) {
          for (const end of ['COMMIT', 'ROLLBACK'] as const) {
            const key = `${library}, ${level}: ${what}, ${end}, inside`;
            if (what === 'an update') await vacant(opened.store, key);
            let told: unknown;
            let moment = '';
            const committed = await opened.inTransaction(level, async (bound) => {
              moment = await whileOtherHas([key], statementsOf(at.table), end, () => {
                const sent = bound.store(key, value, LIFE).then(
                  () => 'stored',
                  (error: unknown) => error,
                );
                return { sent: sent.then((outcome) => (told = outcome)), waiters: 1 };
              });
            });
            // Its snapshot is from before what was committed: of a row that is there afterwards.
            const isConcurrent =
              level !== 'read committed' &&
              end === 'COMMIT' &&
              what !== 'an insert that it deletes again';
            const row = await recorded(key, moment);
            if (isConcurrent) {
              expect(told, key).toMatchObject({ code: 'IDEM_STORE_BUSY', retryable: true });
              expect([committed, row], key).toEqual([false, { state: 'vacant', anew: false }]);
            } else {
              expect(told, key).toBe('stored');
              expect([committed, row], key).toEqual([true, { state: 'completed', anew: true }]);
            }
          }
        }
      });
    }
  }
});
