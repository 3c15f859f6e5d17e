/** A lock that is not granted in time ends its statement outside of TRY, and the procedure goes on and answers. */
import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { mssqlPool, mssqlTransactions } from '@idem/sqlserver/mssql';
import { Kysely } from 'kysely';
import sql from 'mssql';
import { describe, expect, test } from 'vitest';
import type { Answer, Statement } from '../support/tds/script.ts';
import { storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

const value = new Uint8Array([1]);
const TTL = 60_000;

const pools = {
  kysely: async (server: ScriptedServer) => {
    const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
    return { store: new SqlServerStore({ db }), close: () => db.destroy() };
  },
  mssql: async (server: ScriptedServer) => {
    const port = server.config.options?.port ?? 0;
    const login = { server: '127.0.0.1', port, user: 'u', password: 'p' };
    const pool = await new sql.ConnectionPool({ ...login, options: { encrypt: false } }).connect();
    const place = { pool: mssqlPool(pool), transactions: mssqlTransactions() };
    return { store: new SqlServerStore(place), close: () => pool.close() };
  },
};

/** A server on which a statement of the first call of this operation fails, and whose answers say that all went well. */
function failingOnce(operation: string): Promise<ScriptedServer> {
  let calls = 0;
  return ScriptedServer.listen({
    answer: (statement: Statement): Answer => {
      const answer = storeAnswer(statement);
      if (!statement.text.includes(`_${operation}_`) || ++calls > 1) return answer;
      if (typeof answer === 'string' || !('rows' in answer)) return answer;
      return { failed: { number: 1222 }, rows: answer.rows };
    },
  });
}

describe.each(['kysely', 'mssql'] as const)('on a pool of %s', (pool) => {
  test.each(['Claim', 'Complete', 'Renew', 'Release', 'Remove', 'Store'] as const)(
    'what %s answered is not believed, and it is sent again',
    async (operation) => {
      await using server = await failingOnce(operation);
      const { store, close } = await pools[pool](server);
      const token = createToken();
      const operations = {
        Claim: () => store.claim('key', { token, lease: TTL }),
        Complete: () => store.complete('key', token, value, TTL),
        Renew: () => store.renew('key', token, TTL),
        Release: () => store.release('key', token),
        Remove: () => store.remove('key'),
        Store: () => store.store('key', value, TTL),
      };
      await operations[operation]();
      expect(server.sent(`_${operation}_`)).toHaveLength(2);
      await close();
    },
  );
});
