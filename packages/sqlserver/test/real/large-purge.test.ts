import { setTimeout as sleep } from 'node:timers/promises';
import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CompiledQuery, Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { configOf } from '../support/config.ts';
import { describeOnRealServer, LONG, onBabelfish } from '../support/real-server.ts';

/** Rows that have ended: ten million on a SQL Server. */
const ROWS = !LONG || onBabelfish() ? 4_000 : 10_000_000;
const CHUNK = 100_000;
/** Milliseconds for a chunk, whose rows fall anywhere in a table of gigabytes. */
const PATIENCE = 10 * 60_000;
/** Milliseconds: longer than the whole test, so that the purge takes nothing that it measures. */
const TTL = 86_400_000;
const CALLERS = 4;
/** Milliseconds in which claims are measured without a purge. */
const ALONE = LONG ? 10_000 : 500;
const value = new Uint8Array(250);

describeOnRealServer('a large purge', {}, (at) => {
  test(
    'deletes all that has ended while claims go on beside it, none of which fails',
    async () => {
      const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
      const config = configOf(at.address);
      const options = { ...config.options, requestTimeout: PATIENCE };
      const filler = new Kysely<unknown>({
        dialect: createDialect({ ...config, options }, { max: 1 }),
      });
      for (let from = 0; from < ROWS; from += CHUNK) {
        const rows = endedRows(at.table, from, Math.min(CHUNK, ROWS - from));
        await filler.executeQuery(CompiledQuery.raw(rows));
      }
      const alone = await claims(store, 'alone', () => sleep(ALONE));
      let deleted = 0;
      const beside = await claims(store, 'beside', async () => {
        deleted = await store.purgeExpired();
      });
      console.log(
        `${ROWS} rows; p99 of a claim and its completion: ${p99(alone)} ms alone, ${p99(beside)} ms beside the purge`,
      );
      expect(deleted).toBe(ROWS);
      const counting = CompiledQuery.raw(`SELECT COUNT(*) AS n FROM dbo.${at.table}`);
      const [left] = (await filler.executeQuery<{ n: number }>(counting)).rows;
      await filler.destroy();
      expect(Number(left?.n)).toBe(alone.length + beside.length);
    },
    4 * 3_600_000,
  );
});

/** Lets callers claim and complete until the work has ended; the milliseconds that each took. */
async function claims(
  store: SqlServerStore,
  name: string,
  work: () => Promise<unknown>,
): Promise<number[]> {
  const took: number[] = [];
  let over = false;
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    for (let n = 0; !over; n++) {
      const [key, token] = [`${name} ${caller} ${n}`, createToken()];
      const started = performance.now();
      const { outcome } = await store.claim(key, { token, lease: 600_000 });
      expect(outcome).toBe('acquired');
      await expect(store.complete(key, token, value, TTL)).resolves.toBe(true);
      took.push(performance.now() - started);
    }
  });
  try {
    await work();
  } finally {
    over = true;
  }
  await Promise.all(callers);
  return took;
}

function p99(took: readonly number[]): number {
  const sorted = took.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN);
}

/** Rows as the store leaves them, that ended long ago. */
function endedRows(table: string, from: number, count: number): string {
  return `WITH Ten AS (SELECT n FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS Digits (n)),
  Numbers AS (
    SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n + 100000 * f.n AS n
    FROM Ten a CROSS JOIN Ten b CROSS JOIN Ten c CROSS JOIN Ten d CROSS JOIN Ten e CROSS JOIN Ten f
  )
  INSERT INTO dbo.${table} (KeyHash, IdempotencyKey, State, Fence, Takeover, EndsAt, Value, ValueCrc32, PurgeShard)
  SELECT HASHBYTES('SHA2_256', CAST(n + ${from} AS VARCHAR(20))), CAST(n + ${from} AS NVARCHAR(20)), 'completed', 1, 0,
    DATEADD(SECOND, n % 86400, '2020-01-01'), 0x00, 0, n % 8
  FROM Numbers WHERE n < ${count}`;
}
