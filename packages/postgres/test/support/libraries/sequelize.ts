import { PostgresStore } from '@idem/postgres';
import { sequelizeTransactions } from '@idem/postgres/sequelize';
import { Sequelize, type Transaction } from 'sequelize';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

export const sequelizeLibrary: LibraryOpener = opener<Transaction>(
  'sequelize',
  async (server, table) => {
    const sequelize = new Sequelize(server, { dialect: 'postgres', logging: false });
    return {
      store: await PostgresStore.connect<Transaction>(server, {
        transactions: sequelizeTransactions<Transaction>(),
        ...{ table, timeout: PATIENT },
      }),
      begin: (work) => sequelize.transaction(work),
      execute: (tx, text, key) =>
        sequelize.query(text.replace('?', '$1'), {
          ...(text.includes('?') ? { bind: [key] } : {}),
          transaction: tx,
        }),
      close: () => sequelize.close(),
    };
  },
);
