import { PostgresStore } from '@idem/postgres';
import { drizzleTransactions } from '@idem/postgres/drizzle-orm';
import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { drizzle as drizzleJs, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import pg from 'pg';
import postgres from 'postgres';
import { type LibraryOpener, opener, PATIENT } from './library.ts';

type PgTx = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0];
type JsTx = Parameters<Parameters<PostgresJsDatabase['transaction']>[0]>[0];

const queryOf = (text: string, key: string) => {
  const [before = '', after] = text.split('?');
  return after === undefined ? sql.raw(before) : sql`${sql.raw(before)}${key}${sql.raw(after)}`;
};

export const drizzleLibrary: LibraryOpener = opener<PgTx>('drizzle', async (server, table) => {
  const pool = new pg.Pool({ connectionString: server, max: 4 });
  const db = drizzle({ client: pool });
  return {
    store: await PostgresStore.connect<PgTx>(server, {
      transactions: drizzleTransactions<PgTx>(),
      ...{ table, timeout: PATIENT },
    }),
    begin: (work) => db.transaction(work),
    execute: (tx, text, key) => tx.execute(queryOf(text, key)),
    close: () => pool.end(),
  };
});

export const drizzleJsLibrary: LibraryOpener = opener<JsTx>(
  'drizzle on postgres.js',
  async (server, table) => {
    const client = postgres(server, { max: 4, onnotice: () => {} });
    const db = drizzleJs({ client });
    return {
      store: new PostgresStore<JsTx>({
        pool: client,
        transactions: drizzleTransactions<JsTx>(),
        ...{ table, timeout: PATIENT },
      }),
      begin: (work) => db.transaction(work),
      execute: (tx, text, key) => tx.execute(queryOf(text, key)),
      close: () => client.end(),
    };
  },
);
