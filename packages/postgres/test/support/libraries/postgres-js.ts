import { PostgresStore } from '@idem/postgres';
import postgres, { type TransactionSql } from 'postgres';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

export const postgresJsLibrary: LibraryOpener = opener<TransactionSql>(
  'postgres.js',
  async (server, table) => {
    const sql = postgres(server, { max: 4, onnotice: () => {} });
    return {
      store: new PostgresStore<TransactionSql>({ pool: sql, table, timeout: PATIENT }),
      begin: async (work) => {
        const done = await sql.begin(async (tx) => ({ result: await work(tx) }));
        return done.result;
      },
      execute: (tx, text, key) =>
        tx.unsafe(text.replace('?', '$1'), text.includes('?') ? [key] : []),
      close: () => sql.end(),
    };
  },
);
