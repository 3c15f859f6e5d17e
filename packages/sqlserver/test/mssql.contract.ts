import { describeStoreContract } from '@idem/contract-tests/vitest';
import { SqlServerStore } from '@idem/sqlserver';
import { mssqlPool, mssqlTransactions } from '@idem/sqlserver/mssql';
import sql from 'mssql';
import { contractHarness } from './support/contract-harness.ts';
import { findServer } from './support/find-server.ts';

// The whole contract on a pool of mssql: pnpm --filter @idem/sqlserver contract-mssql
describeStoreContract(async () => {
  const found = await findServer();
  if ('absent' in found) return found;
  return contractHarness(
    found,
    async ({ host: server, port, user, password, database, encrypt }) => {
      const options = { encrypt, trustServerCertificate: true };
      const login = { server, port, user, password, database, options };
      const pool = await new sql.ConnectionPool({ ...login, requestTimeout: 70_000 }).connect();
      // A rule restarts the server; the requests tell of what is lost by it.
      pool.on('error', () => {});
      const place = { pool: mssqlPool(pool), transactions: mssqlTransactions() };
      return {
        open: (table, timeout) => new SqlServerStore({ ...place, table, timeout }),
        close: () => pool.close(),
      };
    },
  );
});
