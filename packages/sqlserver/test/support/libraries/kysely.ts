import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CompiledQuery, Kysely, type Transaction } from 'kysely';
import { kyselyTransactions } from '../../../src/client/kysely.ts';
import { configOf } from '../config.ts';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

export const kyselyLibrary: LibraryOpener = opener<Transaction<unknown>>(
  'kysely',
  async (address, table) => {
    const db = new Kysely<unknown>({ dialect: createDialect(configOf(address), { max: 4 }) });
    return {
      transactions: kyselyTransactions,
      pool: db,
      store: new SqlServerStore({ db, table, timeout: PATIENT }),
      begin: (work) => db.transaction().execute(work),
      start: async () => {
        const tx = await db.startTransaction().execute();
        return {
          tx,
          commit: () => tx.commit().execute(),
          rollback: () => tx.rollback().execute(),
        };
      },
      execute: (tx, text, key) =>
        tx.executeQuery(CompiledQuery.raw(text.replace('?', '@1'), [key])),
      close: () => db.destroy(),
    };
  },
);
