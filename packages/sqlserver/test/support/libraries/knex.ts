import { SqlServerStore } from '@idem/sqlserver';
import { knexTransactions } from '@idem/sqlserver/knex';
import knex, { type Knex } from 'knex';
import { urlOf } from '../server.ts';
import { DRIVER, type LibraryOpener, opener, PATIENT } from './library.ts';

export const knexLibrary: LibraryOpener = opener<Knex.Transaction>(
  'knex',
  async (address, table) => {
    const { host: server, port, user, password, database, encrypt } = address;
    const options = { port, encrypt, trustServerCertificate: true, ...DRIVER };
    const db = knex({
      client: 'mssql',
      connection: { server, user, password, database, options },
      pool: { min: 0, max: 4 },
    });
    const transactions = knexTransactions<Knex.Transaction>();
    return {
      transactions,
      pool: db,
      store: await SqlServerStore.connect(urlOf(address, table, { timeout: PATIENT }), {
        transactions,
      }),
      begin: (work) => db.transaction(work),
      start: async () => {
        const tx = await db.transaction();
        return { tx, commit: () => tx.commit(), rollback: async () => tx.rollback() };
      },
      execute: async (tx, text, key) => tx.raw(text, text.includes('?') ? [key] : []),
      nest: (tx, work) => tx.transaction(work),
      close: () => db.destroy(),
    };
  },
);
