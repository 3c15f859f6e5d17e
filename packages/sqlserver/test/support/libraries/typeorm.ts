import { SqlServerStore } from '@idem/sqlserver';
import { typeormTransactions } from '@idem/sqlserver/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { urlOf } from '../server.ts';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

export const typeormLibrary: LibraryOpener = opener<EntityManager>(
  'typeorm',
  async (address, table) => {
    const { host, port, user: username, password, database, encrypt } = address;
    const options = { encrypt, trustServerCertificate: true };
    const source = new DataSource({
      ...{ type: 'mssql', host, port, username, password, database, options },
      ...{ connectionTimeout: PATIENT, requestTimeout: PATIENT },
    });
    await source.initialize();
    const transactions = typeormTransactions<EntityManager>();
    return {
      transactions,
      pool: source.manager,
      store: await SqlServerStore.connect(urlOf(address, table, { timeout: PATIENT }), {
        transactions,
      }),
      begin: (work) => source.transaction(work),
      start: async () => {
        const runner = source.createQueryRunner();
        await runner.startTransaction();
        return {
          tx: runner.manager,
          commit: () => runner.commitTransaction(),
          rollback: () => runner.rollbackTransaction(),
        };
      },
      execute: (tx, text, key) => tx.query(text.replace('?', '@0'), [key]),
      nest: (tx, work) => tx.transaction(work),
      close: () => source.destroy(),
    };
  },
);
