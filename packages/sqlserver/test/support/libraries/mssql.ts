import { SqlServerStore } from '@idem/sqlserver';
import { inMssqlTransaction, mssqlPool, mssqlTransactions } from '@idem/sqlserver/mssql';
import sql from 'mssql';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

export const mssqlLibrary: LibraryOpener = opener<sql.Transaction>(
  'mssql',
  async (address, table) => {
    const { host: server, port, user, password, database, encrypt } = address;
    const options = { encrypt, trustServerCertificate: true };
    const open = (): Promise<sql.ConnectionPool> =>
      new sql.ConnectionPool({
        ...{ server, port, user, password, database, options },
        ...{ connectionTimeout: PATIENT, requestTimeout: PATIENT },
      }).connect();
    const [pool, own] = await Promise.all([open(), open()]);
    const transactions = mssqlTransactions<sql.Transaction>();
    return {
      transactions,
      pool,
      store: new SqlServerStore({
        pool: mssqlPool(own),
        transactions,
        table,
        timeout: PATIENT,
      }),
      begin: inMssqlTransaction(pool),
      start: async () => {
        const tx = pool.transaction();
        await tx.begin();
        return { tx, commit: () => tx.commit(), rollback: () => tx.rollback() };
      },
      execute: (tx, text, key) => tx.request().input('key', key).query(text.replace('?', '@key')),
      close: () => Promise.all([pool.close(), own.close()]),
    };
  },
);
