import { SqlServerStore } from '@idem/sqlserver';
import { sequelizeTransactions } from '@idem/sqlserver/sequelize';
import { Sequelize, type Transaction } from 'sequelize';
import { urlOf } from '../server.ts';
import { DRIVER, type LibraryOpener, opener, PATIENT } from './library.ts';

export const sequelizeLibrary: LibraryOpener = opener<Transaction>(
  'sequelize',
  async (address, table) => {
    const { host, port, user, password, database, encrypt } = address;
    const sequelize = new Sequelize(database, user, password, {
      ...{ dialect: 'mssql', host, port, logging: false },
      dialectOptions: { options: { encrypt, trustServerCertificate: true, ...DRIVER } },
    });
    const transactions = sequelizeTransactions<Transaction>();
    return {
      transactions,
      pool: sequelize,
      store: await SqlServerStore.connect(urlOf(address, table, { timeout: PATIENT }), {
        transactions,
      }),
      begin: (work) => sequelize.transaction(work),
      start: async () => {
        const tx = await sequelize.transaction();
        return { tx, commit: () => tx.commit(), rollback: () => tx.rollback() };
      },
      execute: (tx, text, key) =>
        sequelize.query(text.replace('?', '$1'), {
          ...(text.includes('?') ? { bind: [key] } : {}),
          transaction: tx,
        }),
      nest: (tx, work) => sequelize.transaction({ transaction: tx }, work),
      close: () => sequelize.close(),
    };
  },
);
