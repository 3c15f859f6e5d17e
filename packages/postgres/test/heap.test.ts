import { createToken } from '@idem/core';
import { ownPostgres } from '@idem-workspace/test-servers/postgres';
import { expect, test } from 'vitest';
import { deleteBatch } from '../src/purge/purge.ts';
import { describeWithTable } from './support/table.ts';

const value = Buffer.alloc(230, 'x');
const KEYS = 120;
const LEASE = 600_000;

// A server of its own: while a transaction is open anywhere, nothing that it may still read is given back.
const server = await ownPostgres();

describeWithTable(
  'the table',
  (at) => {
    const one = async <T>(text: string): Promise<T> => {
      const [row] = await at.query<{ answer: T }>(text);
      if (row === undefined) throw new Error('no row');
      return row.answer;
    };
    const pages = (): Promise<number> =>
      one(`SELECT (pg_relation_size('${at.table}') / 8192)::integer AS answer`);
    const indexPages = (): Promise<number> =>
      one(`SELECT (pg_indexes_size('${at.table}') / 8192)::integer AS answer`);

    /** Eight callers, each with one key after the other, of which each is renewed and completed. */
    async function runs(round: string): Promise<void> {
      const store = await at.open({ timeout: 60_000, poolSize: 8 });
      let next = 0;
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          while (next < KEYS) {
            const [key, token] = [`${round}-${next++}`, createToken()];
            await store.claim(key, { token, lease: LEASE, fingerprint: 'f'.repeat(43) });
            await store.renew(key, token, LEASE);
            await store.complete(key, token, value, LEASE);
          }
        }),
      );
      // What its sessions have counted is told when they end.
      await store.close();
    }

    test('every update is a heap-only one: renewals and completions write no index', async () => {
      await runs('hot');
      const counts = (): Promise<{ updated: number; hot: number }> =>
        one(
          `SELECT json_build_object('updated', n_tup_upd, 'hot', n_tup_hot_upd) AS answer
         FROM pg_stat_user_tables WHERE relid = '${at.table}'::regclass`,
        );
      await expect
        .poll(async () => (await counts()).updated, { timeout: 30_000 })
        .toBeGreaterThanOrEqual(2 * KEYS);
      const { updated, hot } = await counts();
      expect(hot).toBe(updated);
    });

    test('it stays as large as it was, whatever runs through it, with a purge and vacuum', async () => {
      const store = await at.open({ timeout: 60_000 });
      const sizes: { heap: number; index: number }[] = [];
      for (let round = 0; round < 4; round += 1) {
        await runs(`flat ${round}`);
        await at.query(`UPDATE ${at.table} SET ends_at = '2020-01-01' WHERE key LIKE 'flat %'`);
        await store.purgeExpired();
        // As autovacuum does, in its own time.
        await at.query(`VACUUM ${at.table}`);
        sizes.push({ heap: await pages(), index: await indexPages() });
      }
      const [, second, , last] = sizes;
      expect(last?.heap).toBeLessThanOrEqual((second?.heap ?? 0) + 2);
      expect(last?.index).toBeLessThanOrEqual((second?.index ?? 0) + 2);
    });

    test('a large one is read stretch by stretch by the purge, whichever plan is kept', async () => {
      await at.query(
        `INSERT INTO ${at.table} (key, state, fence, takeover, ends_at, value, value_crc32)
       SELECT convert_to('row ' || n, 'UTF8'), 'completed', 1, false, '2050-01-01', convert_to(repeat('x', 1700), 'UTF8'), 0
       FROM generate_series(1, 4000) AS n`,
      );
      await at.query(`ANALYZE ${at.table}`);
      const session = await at.pool.connect();
      try {
        await session.query(`PREPARE purge (tid, tid, integer) AS ${deleteBatch(at.table)}`);
        for (const mode of ['force_generic_plan', 'force_custom_plan']) {
          await session.query(`SET plan_cache_mode = ${mode}`);
          const { rows } = await session.query<{ 'QUERY PLAN': string }>(
            "EXPLAIN EXECUTE purge ('(64,0)', '(128,0)', 500)",
          );
          const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
          expect(plan).toMatch(/Tid Range Scan/);
          expect(plan).not.toMatch(/Seq Scan/);
        }
      } finally {
        await session.query('DEALLOCATE ALL; RESET ALL');
        session.release();
      }
    });
  },
  server,
);
