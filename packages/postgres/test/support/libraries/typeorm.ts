import { PostgresStore } from '@idem/postgres';
import { typeormTransactions } from '@idem/postgres/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

export const typeormLibrary: LibraryOpener = opener<EntityManager>(
  'typeorm',
  async (server, table) => {
    const source = await new DataSource({ type: 'postgres', url: server }).initialize();
    return {
      store: await PostgresStore.connect<EntityManager>(server, {
        transactions: typeormTransactions<EntityManager>(),
        ...{ table, timeout: PATIENT },
      }),
      begin: (work) => source.transaction(work),
      execute: (tx, text, key) =>
        tx.query(text.replace('?', '$1'), text.includes('?') ? [key] : []),
      close: () => source.destroy(),
    };
  },
);
