/** What holds of the transactions of every library, on one file: it is their loading that costs. */
import { createToken, Idempotency } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { Kysely } from 'kysely';
import { describe, expect, test } from 'vitest';
import { libraries } from '../support/libraries/index.ts';
import type { LibraryOpener } from '../support/libraries/library.ts';
import { onScriptedServer } from '../support/tds/libraries.ts';

const INSERT = 'INSERT payment';
const BEGIN = 'BEGIN TRANSACTION';
const value = new Uint8Array(1);
const refused = {
  code: 'IDEM_STORE_FAILED',
  message: expect.stringContaining('more than one transaction is open'),
  retryable: false,
};

/** What libraries take for parameters of theirs (`?`, `:name` and quotes are in no name that is allowed). */
const TABLES = ['a$1', 'a $1', 'a-$b', 'a$$b', 'a $$b', 'a #$$$1 @1 @P1', 'é$1', 'a@0'];

/** What each calls its transactions, in the message. */
const WHAT: Readonly<Record<string, RegExp>> = {
  kysely: /db\.transaction\(\)\.execute/,
  mssql: /Transaction of mssql/,
  tedious: /Connection of tedious/,
  knex: /knex\.transaction\(/,
  typeorm: /source\.transaction\(/,
  'the adapter of prisma': /prisma\.\$transaction\(/,
  sequelize: /sequelize\.transaction\(/,
};
const refusal = (name: string) =>
  expect.objectContaining({
    code: 'IDEM_INVALID_OPTIONS',
    message: expect.stringMatching(WHAT[name] ?? ''),
  });

describe.each(libraries)('a transaction of $name', (library) => {
  // The COMMIT of a library ends the innermost of those that are open, and says that it went well.
  test('in which another was begun and not ended records nothing, and leaves its connection free', () =>
    onScriptedServer(library, (server) => ({
      use: async ({ store, begin, execute }) => {
        const idempotency = new Idempotency({ store, ttl: 60_000 });
        const pay = (forgets: boolean) =>
          idempotency.runInTransaction('key', begin, async ({ tx }) => {
            await execute(tx, INSERT, 'key');
            // As a procedure whose error 266 is swallowed.
            if (forgets) await execute(tx, BEGIN, 'key').catch(() => {});
            return { paid: true };
          });
        await expect(pay(true)).rejects.toMatchObject(refused);
        expect(server.committed).toEqual([]);
        expect(server.sessions.filter(({ inTransaction }) => inTransaction)).toEqual([]);

        await expect(pay(false)).resolves.toMatchObject({ replayed: false });
        expect(server.committed).toEqual([INSERT, 'record']);
      },
    })));

  test('takes the record in a transaction that the library nests in it', ({ skip }) =>
    onScriptedServer(library, (server) => ({
      use: async ({ store, begin, execute, nest }) => {
        if (nest === undefined) return skip('this library nests none by a call of its own');
        await begin(async (tx) => {
          await execute(tx, INSERT, 'key');
          await nest(tx, (inner) =>
            store.inTransaction(inner).complete('key', createToken(), value, 60_000),
          );
        });
        expect(server.committed).toEqual([INSERT, 'record']);
      },
    })));

  // Outside of TRY a lock that is not granted in time ends its statement, and the procedure goes on.
  test('in which a statement of the store failed and the next one answered has recorded nothing', () =>
    onScriptedServer(
      library,
      (server) => ({
        use: async ({ store, begin, execute }) => {
          const idempotency = new Idempotency({ store, ttl: 60_000 });
          const paying = idempotency.runInTransaction('key', begin, async ({ tx }) => {
            await execute(tx, INSERT, 'key');
            return { paid: true };
          });
          await expect(paying).rejects.toMatchObject({ code: 'IDEM_STORE_BUSY', retryable: true });
          expect(server.sent('_Complete_')).toHaveLength(1);
          expect(server.committed).toEqual([]);
        },
      }),
      'IdempotencyStore',
      ({ text }) =>
        text.includes('_Complete_')
          ? { failed: { number: 1222 }, rows: [{ outcome: 'done' }] }
          : undefined,
    ));

  test('leaves the names of table and schema as they are', () =>
    onScriptedServer(library, (server) => ({
      use: async ({ transactions, begin }) => {
        // The pool of these stores is never asked for anything.
        const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
        await begin(async (tx) => {
          for (const table of TABLES) {
            const store = new SqlServerStore({ db, transactions, table, schema: 's-$1' });
            await store.inTransaction(tx).complete('key', createToken(), value, 60_000);
          }
        });
        const called = server
          .sent('_Complete_')
          .map((text) => /EXEC (.*_Complete_1\])/.exec(text)?.[1]);
        expect(called).toEqual(TABLES.map((table) => `[s-$1].[${table}_Complete_1]`));
        await db.destroy();
      },
    })));

  test('is not its pool, nor anything else', () =>
    onScriptedServer(library, () => ({
      use: async ({ transactions, pool }) => {
        for (const wrong of [pool, undefined, null, {}, 'tx', () => {}]) {
          const take = () => Reflect.apply(transactions.channel, transactions, [wrong]);
          expect(take).toThrow(refusal(library.name));
        }
      },
    })));

  test('is none that has ended: nothing is sent in it', () =>
    onScriptedServer(library, (server) => ({
      use: async ({ store, start }) => {
        for (const how of ['commit', 'rollback'] as const) {
          const begun = await start();
          await begun[how]();
          const late = async () =>
            store.inTransaction(begun.tx).complete('key', createToken(), value, 60_000);
          await expect(late()).rejects.toMatchObject({
            code: 'IDEM_STORE_FAILED',
            message: expect.stringContaining('no longer there'),
            retryable: true,
          });
        }
        expect(server.committed).toEqual([]);
      },
    })));
});

interface Seen {
  readonly name: string;
  readonly tx: unknown;
  readonly transactions: object & { channel(tx: never): unknown };
}

/** With an open transaction of each library. */
async function withAll(
  left: readonly LibraryOpener[],
  seen: readonly Seen[],
  then: (seen: readonly Seen[]) => void,
): Promise<void> {
  const [library, ...others] = left;
  if (library === undefined) return then(seen);
  await onScriptedServer(library, () => ({
    use: async ({ transactions, start }) => {
      const { tx, rollback } = await start();
      await withAll(others, [...seen, { name: library.name, tx, transactions }], then);
      await rollback();
    },
  }));
}

test('no library’s transaction is taken for another’s', () =>
  withAll(libraries, [], (seen) => {
    for (const { name, transactions } of seen) {
      for (const { name: other, tx } of seen) {
        const take = () => Reflect.apply(transactions.channel, transactions, [tx]);
        if (name === other) expect(take).not.toThrow();
        else expect(take, `${other} as ${name}`).toThrow(refusal(name));
      }
    }
  }));
