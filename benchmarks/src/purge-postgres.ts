/**
 * Purging a million expired rows (`--quick`: 50,000) from PostgreSQL, and what callers notice of it: how
 * long claim and complete take, for eight callers, before and while it purges.
 */
import { randomBytes } from 'node:crypto';
import { createToken } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { CALLERS, postgresForBenchmarks } from './support/postgres-server.ts';
import { quantile } from './support/side-by-side.ts';
import { LEASE, TTL } from './support/work.ts';

const ROWS = process.argv.includes('--quick') ? 50_000 : 1_000_000;
const QUIET = 10_000;
const VALUE = Buffer.alloc(230, 'x');

const { server, pool } = await postgresForBenchmarks();
const schema = `idem_${randomBytes(6).toString('hex')}`;
const store = new PostgresStore({ pool, schema, timeout: 60_000 });
await store.ensureSchema();
const table = `${schema}.idempotency_store`;
// As many live ones stand between them.
await pool.query(
  `INSERT INTO ${table} (key, state, fence, takeover, ends_at, value, value_crc32)
   SELECT convert_to('row ' || n, 'UTF8'), 'completed', 1, false,
     CASE n % 2 WHEN 0 THEN timestamptz '2020-01-01' ELSE timestamptz '2050-01-01' END, $2, 0
   FROM generate_series(1, 2 * $1::integer) AS n`,
  [ROWS, VALUE],
);
await pool.query(`VACUUM ANALYZE ${table}`);

let running = true;
let fresh = 0;
const timings: { readonly at: number; readonly took: number }[] = [];
const callers = Array.from({ length: CALLERS - 1 }, async () => {
  while (running) {
    const [key, token] = [`key ${fresh++}`, createToken()];
    const started = performance.now();
    await store.claim(key, { token, lease: LEASE });
    await store.complete(key, token, VALUE, TTL);
    timings.push({ at: started, took: performance.now() - started });
  }
});
await new Promise((resolve) => setTimeout(resolve, QUIET));
const began = performance.now();
const deleted = await store.purgeExpired();
const ended = performance.now();
running = false;
await Promise.all(callers);

const seconds = (ended - began) / 1_000;
console.log(
  `${deleted.toLocaleString('en')} of ${(2 * ROWS).toLocaleString('en')} rows purged in ${seconds.toFixed(1)} s: ${Math.round(deleted / seconds).toLocaleString('en')} a second, batches of 500, no pause`,
);
tell('before the purge', (at) => at < began);
tell('while it purges', (at) => at >= began && at < ended);
await store.close();
await pool.query(`DROP SCHEMA ${schema} CASCADE`);
await pool.end();
await server.close();

function tell(when: string, counts: (at: number) => boolean): void {
  const took = timings.filter(({ at }) => counts(at)).map((one) => one.took);
  const [p50, p99] = [quantile(took, 0.5), quantile(took, 0.99)];
  console.log(
    `claim and complete ${when}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (${took.length} of ${CALLERS - 1} callers)`,
  );
}
