import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { Kysely } from 'kysely';
import { expect, test } from 'vitest';
import { storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

test.each(['purgeExpired', 'purgeBacklog', 'ensureSchema', 'startPurging'] as const)(
  '%s is refused after close, and sends nothing on a connection that lives on',
  async (operation) => {
    await using server = await ScriptedServer.listen({ answer: storeAnswer });
    const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
    const store = new SqlServerStore({ db });
    await store.close();
    await expect((async () => store[operation]())()).rejects.toMatchObject({
      code: 'IDEM_STORE_CLOSED',
    });
    expect(server.log).toEqual([]);
    await db.destroy();
  },
);
