import { PostgresStore } from '@idem/postgres';
import { kyselyPool, kyselyTransactions } from '@idem/postgres/kysely';
import { CamelCasePlugin, CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

export const kyselyLibrary: LibraryOpener = opener<Transaction<unknown>>(
  'kysely',
  async (server, table) => {
    const pool = new pg.Pool({ connectionString: server, max: 4 });
    const dialect = new PostgresDialect({ pool });
    // A plugin that renames columns must not reach what the store reads.
    const db = new Kysely<unknown>({ dialect, plugins: [new CamelCasePlugin()] });
    return {
      store: new PostgresStore({
        pool: kyselyPool(db),
        transactions: kyselyTransactions<Transaction<unknown>>(),
        ...{ table, timeout: PATIENT },
      }),
      begin: (work) => db.transaction().execute(work),
      execute: (tx, text, key) =>
        tx.executeQuery(
          CompiledQuery.raw(text.replace('?', '$1'), text.includes('?') ? [key] : []),
        ),
      close: () => db.destroy(),
    };
  },
);
