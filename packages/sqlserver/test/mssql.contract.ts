import { describeStoreContract } from '@idem/contract-tests/vitest';
import { SqlServerStore } from '@idem/sqlserver';
import { mssqlPool, mssqlTransactions } from '@idem/sqlserver/mssql';
import sql from 'mssql';
import { contractHarness } from './support/contract-harness.ts';
import { findServer } from './support/find-server.ts';
import type { Address } from './support/server.ts';

/**
 * Whatever an operation takes on Babelfish, which parses its first statements on a new connection for
 * seconds, and a loss costs a connection. A rule on a silent server takes as long, and asks no less.
 */
const FAULTY_TIMEOUT = 30_000;

// The whole contract on a pool of mssql: pnpm --filter @idem/sqlserver contract-mssql
describeStoreContract(async () => {
  const found = await findServer();
  if ('absent' in found) return found;
  return contractHarness(found, async (address) => {
    const pool = await connected(address, 10);
    return {
      open: (table, timeout) => new SqlServerStore({ ...placeOf(pool), table, timeout }),
      openAt: async (other, table, timeout) => {
        const own = await connected(other, 2);
        const store = new SqlServerStore({ ...placeOf(own), table, timeout });
        const close = store.close.bind(store);
        store.close = async () => {
          await close();
          await own.close();
        };
        return store;
      },
      faultyTimeout: FAULTY_TIMEOUT,
      close: () => pool.close(),
    };
  });
});

function connected(
  { host: server, port, user, password, database, encrypt }: Address,
  max: number,
): Promise<sql.ConnectionPool> {
  const options = { encrypt, trustServerCertificate: true };
  const login = { server, port, user, password, database, options, pool: { max } };
  const pool = new sql.ConnectionPool({ ...login, requestTimeout: 70_000 });
  // A rule restarts the server, and others cut connections; the requests tell of what is lost by it.
  pool.on('error', () => {});
  return pool.connect();
}

function placeOf(pool: sql.ConnectionPool) {
  return { pool: mssqlPool(pool), transactions: mssqlTransactions() };
}
