import { createToken, Idempotency } from '@idem/core';
import { describe, expect, test } from 'vitest';
import { libraries } from '../support/libraries/index.ts';
import { onScriptedServer } from '../support/tds/libraries.ts';

const INSERT = 'INSERT payment';
const BEGIN = 'BEGIN TRANSACTION';
const refused = {
  code: 'IDEM_STORE_FAILED',
  message: expect.stringContaining('more than one transaction is open'),
  retryable: false,
};

/** The COMMIT of a library ends the innermost of the transactions that are open, and says that it went well. */
describe.each(libraries)('a transaction of $name', (library) => {
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

  test('on a connection that was left in one records nothing, and ends that one too', () =>
    onScriptedServer(library, (server) => ({
      use: async ({ store, start, execute }) => {
        const bound = { key: 'key', token: createToken(), value: new Uint8Array(1) };
        const { tx, rollback } = await start();
        await execute(tx, BEGIN, 'key').catch(() => {});
        await execute(tx, INSERT, 'key');
        const completing = store.inTransaction(tx).complete(bound.key, bound.token, bound.value, 1);
        await expect(completing).rejects.toMatchObject(refused);
        await rollback();
        expect(server.committed).toEqual([]);
        expect(server.sessions.filter(({ inTransaction }) => inTransaction)).toEqual([]);
      },
    })));

  test('takes the record in a transaction that the library nests in it', ({ skip }) =>
    onScriptedServer(library, (server) => ({
      use: async ({ store, begin, execute, nest }) => {
        if (nest === undefined) return skip('this library nests none');
        const value = new Uint8Array(1);
        await begin(async (tx) => {
          await execute(tx, INSERT, 'key');
          await nest(tx, (inner) =>
            store.inTransaction(inner).complete('key', createToken(), value, 60_000),
          );
        });
        expect(server.committed).toEqual([INSERT, 'record']);
      },
    })));
});
