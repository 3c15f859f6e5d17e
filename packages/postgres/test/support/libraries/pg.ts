import { PostgresStore } from '@idem/postgres';
import { inPgTransaction } from '@idem/postgres/pg';
import pg from 'pg';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

export const pgLibrary: LibraryOpener = opener<pg.PoolClient>('pg', async (server, table) => {
  const pool = new pg.Pool({ connectionString: server, max: 4 });
  return {
    store: new PostgresStore<pg.PoolClient>({ pool, table, timeout: PATIENT }),
    begin: inPgTransaction(pool),
    execute: (tx, text, key) => tx.query(text.replace('?', '$1'), text.includes('?') ? [key] : []),
    close: () => pool.end(),
  };
});
