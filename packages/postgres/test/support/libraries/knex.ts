import { PostgresStore } from '@idem/postgres';
import { knexTransactions } from '@idem/postgres/knex';
import knex, { type Knex } from 'knex';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

export const knexLibrary: LibraryOpener = opener<Knex.Transaction>(
  'knex',
  async (server, table) => {
    const db = knex({ client: 'pg', connection: server, pool: { min: 0, max: 4 } });
    return {
      store: await PostgresStore.connect<Knex.Transaction>(server, {
        transactions: knexTransactions<Knex.Transaction>(),
        ...{ table, timeout: PATIENT },
      }),
      begin: (work) => db.transaction(work),
      execute: async (tx, text, key) => tx.raw(text, text.includes('?') ? [key] : []),
      close: () => db.destroy(),
    };
  },
);
