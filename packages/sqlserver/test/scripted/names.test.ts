import { createToken } from '@idem/core';
import { createDialect, SqlServerStore } from '@idem/sqlserver';
import { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { libraries } from '../support/libraries/index.ts';
import { onScriptedServer } from '../support/tds/libraries.ts';

/** What libraries take for parameters of theirs (`?`, `:name` and quotes are in no name that is allowed). */
const TABLES = ['a$1', 'a $1', 'a-$b', 'a$$b', 'a $$b', 'a #$$$1 @1 @P1', 'é$1', 'a@0'];

test.each(libraries)(
  'a transaction of $name leaves the names of table and schema as they are',
  (library) =>
    onScriptedServer(library, (server) => ({
      use: async ({ transactions, begin }) => {
        // The pool of these stores is never asked for anything.
        const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
        await begin(async (tx) => {
          for (const table of TABLES) {
            const store = new SqlServerStore({ db, transactions, table, schema: 's-$1' });
            await store.inTransaction(tx).complete('key', createToken(), new Uint8Array(1), 60_000);
          }
        });
        const called = server
          .sent('_Complete_')
          .map((text) => /EXEC (.*_Complete_1\])/.exec(text)?.[1]);
        expect(called).toEqual(TABLES.map((table) => `[s-$1].[${table}_Complete_1]`));
        await db.destroy();
      },
    })),
);
