import { Idempotency } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { inPgTransaction } from '@idem/postgres/pg';
import {
  ownPostgres,
  PgBouncer,
  type PostgresCluster,
  pgBouncerBinary,
} from '@idem-workspace/test-servers/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const binary = pgBouncerBinary();
const MODES = [0, ...(binary?.tracksPreparedStatements === true ? [100] : [])];

if (binary === undefined) {
  test.skip('behind a pooler in transaction mode (there is no pgbouncer)', () => {});
} else {
  describe.each(MODES)(
    'behind PgBouncer in transaction mode, max_prepared_statements = %i',
    (max) => {
      let cluster: PostgresCluster;
      let bouncer: PgBouncer;
      let pool: pg.Pool;
      beforeAll(async () => {
        const own = await ownPostgres();
        if ('absent' in own) throw new Error(own.absent);
        cluster = own;
        bouncer = await PgBouncer.start(cluster, {
          ...{ poolMode: 'transaction', poolSize: 3, maxPreparedStatements: max },
        });
        const url = new URL(cluster.url);
        url.port = String(bouncer.port);
        pool = new pg.Pool({ connectionString: url.href, max: 12 });
      });
      afterAll(async () => {
        await pool.end();
        await bouncer.close();
        await cluster.close();
      });

      test('effects and records of concurrent transactions are committed together', async () => {
        const store = new PostgresStore<pg.PoolClient>({ pool, timeout: 60_000 });
        await store.ensureSchema();
        await pool.query('CREATE TABLE effects (key text)');
        const idempotency = new Idempotency({ store, ttl: 600_000 });
        const pay = (key: string): Promise<unknown> =>
          idempotency.runInTransaction(
            key,
            inPgTransaction(pool),
            async ({ tx }) => {
              await tx.query({ text: 'INSERT INTO effects VALUES ($1)', values: [key] });
              return key;
            },
            { wait: 60_000 },
          );
        const keys = Array.from({ length: 6 }, (_, i) => `paid ${i}`);
        await Promise.all([...keys, ...keys].map(pay));
        const { rows } = await pool.query('SELECT key FROM effects ORDER BY key');
        expect(rows.map(({ key }) => key)).toEqual(keys);
      });
    },
  );
}
