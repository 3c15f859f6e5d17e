/**
 * What waking those who wait costs the commits of PostgreSQL: the store without `wakeUp` and with it,
 * and, to compare, a NOTIFY in the transaction that writes, which no other such transaction can
 * commit beside. fsync on. `--quick` for a smoke test.
 */
import { randomBytes } from 'node:crypto';
import { createToken } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { BarePostgres } from './support/bare-postgres.ts';
import { ratiosOf, summary } from './support/bars.ts';
import { CALLERS, postgresForBenchmarks } from './support/postgres-server.ts';
import { type Contestant, line, sideBySide } from './support/side-by-side.ts';
import { LEASE, TTL } from './support/work.ts';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 4 : 16;
const VALUE = Buffer.alloc(230, 'x');

const { server, pool } = await postgresForBenchmarks();
const schema = `idem_${randomBytes(6).toString('hex')}`;
const silent = new PostgresStore({ pool, schema, timeout: 60_000 });
const waking = new PostgresStore({ pool, schema, timeout: 60_000, wakeUp: true });
await silent.ensureSchema();
const bare = new BarePostgres(pool, `${schema}.bare`);
await bare.create();
// Somebody listens.
waking.watch('a key', () => {});

let fresh = 0;
const withStore = (store: PostgresStore) => async (): Promise<void> => {
  const [key, token] = [`key-${fresh++}`, createToken()];
  await store.claim(key, { token, lease: LEASE });
  await store.complete(key, token, VALUE, TTL);
};
const update = `UPDATE ${schema}.bare SET state = 'completed', value = $2 WHERE key = $1`;
const withStatement = (name: string, text: string) => async (): Promise<void> => {
  const [key, token] = [`bare-${fresh++}`, createToken()];
  await bare.take(key, token, '');
  await pool.query({ name, text, values: [key, VALUE] });
};
const stores: readonly Contestant[] = [
  { name: 'claim and complete', run: withStore(silent) },
  { name: 'claim and complete, with wakeUp', run: withStore(waking) },
];
const statements: readonly Contestant[] = [
  { name: 'bare INSERT and UPDATE', run: withStatement('bare_update', update) },
  {
    name: 'bare INSERT and UPDATE that notifies',
    run: withStatement('bare_notify', `${update} RETURNING pg_notify('idem', key)`),
  },
];
for (const concurrency of [1, CALLERS]) {
  const rounds = { rounds: ROUNDS, units: concurrency === 1 ? 100 : 400, concurrency };
  console.log(concurrency === 1 ? '1 caller' : `${CALLERS} callers`);
  for (const contestants of [stores, statements]) {
    for (const result of await sideBySide(contestants, rounds)) console.log(line(result));
  }
}
await Promise.all([silent.close(), waking.close()]);
await pool.query(`DROP SCHEMA ${schema} CASCADE`);
await pool.end();
await server.close();
console.log(summary(ratiosOf(ROUNDS)));
