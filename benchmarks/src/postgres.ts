/**
 * What the PostgreSQL adapter costs, in one run, as ratios to bare statements on the same pool of pg:
 * claim and complete to `INSERT … ON CONFLICT DO NOTHING` and a conditional `UPDATE`, a replay to a
 * `SELECT` by key. fsync on. `--quick` for a smoke test.
 */
import { randomBytes } from 'node:crypto';
import { createToken } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { BarePostgres } from './support/bare-postgres.ts';
import { judgeRatio, ratiosOf, summary } from './support/bars.ts';
import { CALLERS, postgresForBenchmarks } from './support/postgres-server.ts';
import { type Contestant, line, sideBySide } from './support/side-by-side.ts';
import { LEASE, TTL } from './support/work.ts';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 4 : 24;
const KEYS = 500;
const BARS = { fresh: 0.8, replay: 0.85 };
const VALUE = Buffer.from(JSON.stringify({ status: 201, body: { id: 'ch_3OqX', amount: 4200 } }));
const FINGERPRINT = 'f'.repeat(64);

const { server, pool } = await postgresForBenchmarks();
const schema = `idem_${randomBytes(6).toString('hex')}`;
const store = new PostgresStore({ pool, schema, timeout: 60_000 });
await store.ensureSchema();
const bare = new BarePostgres(pool, `${schema}.bare`);
await bare.create();

const replayed = (unit: number): string => `replay-${unit % KEYS}`;
for (let unit = 0; unit < KEYS; unit += 1) {
  const [key, token] = [replayed(unit), createToken()];
  await bare.take(key, token, FINGERPRINT);
  await bare.complete(key, token, VALUE);
  await store.claim(key, { token, lease: LEASE, fingerprint: FINGERPRINT });
  await store.complete(key, token, VALUE, TTL);
}

// Each contestant is measured several times, and a fresh key is fresh once.
let fresh = 0;
const pairs: readonly Contestant[] = [
  {
    name: 'bare INSERT … ON CONFLICT, and UPDATE',
    run: async () => {
      const [key, token] = [`bare-${fresh++}`, createToken()];
      await bare.take(key, token, FINGERPRINT);
      await bare.complete(key, token, VALUE);
    },
  },
  {
    name: '@idem/postgres claim and complete',
    run: async () => {
      const [key, token] = [`store-${fresh++}`, createToken()];
      await store.claim(key, { token, lease: LEASE, fingerprint: FINGERPRINT });
      await store.complete(key, token, VALUE, TTL);
    },
  },
];
const token = createToken();
const replays: readonly Contestant[] = [
  { name: 'bare SELECT by key', run: (unit) => bare.read(replayed(unit)) },
  {
    name: '@idem/postgres claim of a completed key',
    run: (unit) => store.claim(replayed(unit), { token, lease: LEASE, fingerprint: FINGERPRINT }),
  },
  { name: '@idem/postgres find', run: (unit) => store.find(replayed(unit)) },
];

console.log(`a value of ${VALUE.length} bytes, one pool of ${CALLERS} connections for all`);
for (const concurrency of [1, CALLERS]) {
  const units = (concurrency === 1 ? 150 : 600) / (quick ? 3 : 1);
  const made = await sideBySide(pairs, { rounds: ROUNDS, units, concurrency });
  const answered = await sideBySide(replays, { rounds: ROUNDS, units: units * 4, concurrency });
  for (const result of [...made, ...answered]) console.log(line(result));
  const where = concurrency === 1 ? '1 caller' : `${CALLERS} callers`;
  judgeRatio(`claim and complete, ${where}`, BARS.fresh, made[1]);
  judgeRatio(`replay, ${where}`, BARS.replay, answered[1]);
}
await store.close();
await pool.query(`DROP SCHEMA ${schema} CASCADE`);
await pool.end();
await server.close();
console.log(summary(ratiosOf(ROUNDS)));
