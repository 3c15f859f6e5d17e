/**
 * What `run` makes of PostgreSQL beside the least that could do the same work on the same pool of pg:
 * a new run to `INSERT … ON CONFLICT DO NOTHING` and a conditional `UPDATE`, a replay to a `SELECT` by
 * key. Both sides hash the body, make a token and turn the result into JSON and back. fsync on.
 * `--quick` for a smoke test.
 */
import { randomBytes } from 'node:crypto';
import { createToken, Idempotency } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { BarePostgres } from './support/bare-postgres.ts';
import { judgeRatio, ratiosOf, summary } from './support/bars.ts';
import { CALLERS, postgresForBenchmarks } from './support/postgres-server.ts';
import { type Contestant, line, sideBySide } from './support/side-by-side.ts';
import { BODY, fingerprintOf, RESULT, recordKey, SCOPE, TTL } from './support/work.ts';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 4 : 24;
const KEYS = 500;
const BARS = { fresh: 0.7, replay: 0.75 };

const { server, pool } = await postgresForBenchmarks();
const schema = `idem_${randomBytes(6).toString('hex')}`;
const store = new PostgresStore({ pool, schema, timeout: 60_000 });
await store.ensureSchema();
const bare = new BarePostgres(pool, `${schema}.bare`);
await bare.create();
const idempotency = new Idempotency({ store, ttl: TTL });
const options = { scope: SCOPE, fingerprint: BODY };
const work = async (): Promise<typeof RESULT> => RESULT;

const bareRun = async (key: string): Promise<unknown> => {
  const token = createToken();
  if (!(await bare.take(key, token, fingerprintOf(BODY)))) throw new Error(`${key} is taken`);
  const made = JSON.stringify(await work());
  if (!(await bare.complete(key, token, Buffer.from(made)))) throw new Error(`${key} was lost`);
  return JSON.parse(made);
};
const replayed = (unit: number): string => `replay-${unit % KEYS}`;
for (let unit = 0; unit < KEYS; unit += 1) {
  await bareRun(recordKey(replayed(unit)));
  await idempotency.run(replayed(unit), work, options);
}

// A fresh key is fresh once.
let fresh = 0;
const news: readonly Contestant[] = [
  {
    name: 'bare INSERT … ON CONFLICT, and UPDATE',
    run: () => bareRun(recordKey(`bare-${fresh++}`)),
  },
  { name: 'run', run: () => idempotency.run(`own-${fresh++}`, work, options) },
];
const replays: readonly Contestant[] = [
  {
    name: 'bare SELECT by key',
    run: async (unit) => {
      if (createToken() === fingerprintOf(BODY)) throw new Error('they never are');
      const { value } = await bare.read(recordKey(replayed(unit)));
      return JSON.parse(value.toString());
    },
  },
  {
    name: 'run that replays',
    run: async (unit) => {
      const { replayed: was } = await idempotency.run(replayed(unit), work, options);
      if (!was) throw new Error('executed again');
    },
  },
];
for (const concurrency of [1, CALLERS]) {
  const units = (concurrency === 1 ? 150 : 600) / (quick ? 3 : 1);
  const made = await sideBySide(news, { rounds: ROUNDS, units, concurrency });
  const answered = await sideBySide(replays, { rounds: ROUNDS, units: units * 4, concurrency });
  for (const result of [...made, ...answered]) console.log(line(result));
  const where = concurrency === 1 ? '1 caller' : `${CALLERS} callers`;
  judgeRatio(`new run, ${where}`, BARS.fresh, made[1]);
  judgeRatio(`replay, ${where}`, BARS.replay, answered[1]);
}
await store.close();
await pool.query(`DROP SCHEMA ${schema} CASCADE`);
await pool.end();
await server.close();
console.log(summary(ratiosOf(ROUNDS)));
