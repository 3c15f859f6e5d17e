import { describeStoreContract } from '@idem/contract-tests/vitest';
import { PostgresStore } from '@idem/postgres';
import { kyselyPool, kyselyTransactions } from '@idem/postgres/kysely';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import postgres from 'postgres';
import { describe } from 'vitest';
import { type Connector, contractHarness } from './support/contract-harness.ts';
import { findServer } from './support/find-server.ts';

// The whole contract on the other drivers: pnpm --filter @idem/postgres contract-drivers
const connectors: readonly Connector[] = [
  {
    name: 'postgres.js',
    connect: (url) => {
      const sql = postgres(url, { max: 8, onnotice: () => {} });
      return {
        open: (options) => new PostgresStore({ pool: sql, ...options }),
        close: () => sql.end(),
      };
    },
  },
  {
    name: 'kysely',
    connect: (url) => {
      const pool = new pg.Pool({ connectionString: url, max: 8 });
      pool.on('error', () => {});
      const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
      const places = { pool: kyselyPool(db), transactions: kyselyTransactions() };
      return {
        open: (options) => new PostgresStore({ ...places, ...options }),
        close: () => db.destroy(),
      };
    },
  },
  {
    name: 'a pool of one client',
    connect: async (url) => {
      const pool = new pg.Pool({ connectionString: url, max: 1 });
      pool.on('error', () => {});
      return {
        open: (options) => new PostgresStore({ pool, ...options }),
        close: () => pool.end(),
      };
    },
  },
];

describe.each(connectors)('$name', (connector) => {
  describeStoreContract(async () => {
    const server = await findServer();
    return 'absent' in server ? server : contractHarness(server, connector);
  });
});
