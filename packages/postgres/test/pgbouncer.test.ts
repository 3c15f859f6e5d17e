import { createToken } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import {
  ownPostgres,
  PgBouncer,
  PostgresCluster,
  pgBouncerBinary,
} from '@idem-workspace/test-servers/postgres';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const LEASE = 60_000;
const CALLERS = 8;

const found = await ownPostgres();
const cluster = found instanceof PostgresCluster ? found : undefined;
const binary = pgBouncerBinary();
const without = 'absent' in found ? found.absent : 'no PgBouncer';
const can = cluster !== undefined && binary !== undefined;

const modes = {
  'that follows no prepared statement': { maxPreparedStatements: 0, poolSize: 3 },
  'that follows prepared statements': { maxPreparedStatements: 100, poolSize: 3 },
} as const;

const libraries = {
  pg: (url: string) => {
    const pool = new pg.Pool({ connectionString: url, max: CALLERS });
    return { pool, end: () => pool.end() };
  },
  'postgres.js': (url: string) => {
    const pool = postgres(url, { max: CALLERS });
    return { pool, end: () => pool.end() };
  },
} as const;

for (const [mode, options] of Object.entries(modes)) {
  const missing =
    options.maxPreparedStatements > 0 && binary?.tracksPreparedStatements === false
      ? `PgBouncer ${binary.version} has no max_prepared_statements`
      : without;
  const runs = can && (options.maxPreparedStatements === 0 || binary.tracksPreparedStatements);
  const title = `a PgBouncer in transaction mode, ${mode}`;
  describe.skipIf(!runs)(runs ? title : `${title} (${missing})`, () => {
    let bouncer: PgBouncer;
    beforeAll(async () => {
      if (cluster === undefined) throw new Error('there is no server');
      await using direct = await PostgresStore.connect(cluster.url);
      await direct.ensureSchema();
      bouncer = await PgBouncer.start(cluster, options);
    });
    afterAll(() => bouncer.close());

    for (const [name, open] of Object.entries(libraries)) {
      test(`${name}: every operation, by more callers than it has connections`, async () => {
        const { pool, end } = open(bouncer.url);
        const store = new PostgresStore<never>({ pool, timeout: 30_000 });
        // More than five of each: then both drivers and the server keep a plan.
        await Promise.all(
          Array.from({ length: CALLERS }, async (_, caller) => {
            for (let n = 0; n < 8; n += 1) {
              const [key, token] = [`${mode} ${name} ${caller}-${n}`, createToken()];
              const claim = await store.claim(key, { token, lease: LEASE });
              expect(claim.outcome).toBe('acquired');
              expect(await store.renew(key, token, LEASE)).toBe(true);
              expect(await store.complete(key, token, Buffer.from(key), LEASE)).toBe(true);
              expect(Buffer.from((await store.find(key)) ?? []).toString()).toBe(key);
              const replay = await store.claim(key, { token: createToken(), lease: LEASE });
              expect(replay.outcome).toBe('completed');
              await store.remove(key);
              expect(await store.exists(key)).toBe(false);
            }
          }),
        );
        await store.close();
        await end();
      });
    }

    test('a transaction of yours keeps its connection, and the record goes with it', async () => {
      const pool = new pg.Pool({ connectionString: bouncer.url, max: CALLERS });
      const store = new PostgresStore({ pool, timeout: 30_000 });
      for (const end of ['COMMIT', 'ROLLBACK'] as const) {
        const [key, token] = [`${mode} ${end}`, createToken()];
        await store.claim(key, { token, lease: LEASE });
        const client = await pool.connect();
        await client.query('BEGIN');
        const done = await store
          .inTransaction(client)
          .complete(key, token, Buffer.from('x'), LEASE);
        expect(done).toBe(true);
        await client.query(end);
        client.release();
        expect(await store.exists(key)).toBe(end === 'COMMIT');
      }
      await store.close();
      await pool.end();
    });
  });
}

afterAll(() => cluster?.close());
