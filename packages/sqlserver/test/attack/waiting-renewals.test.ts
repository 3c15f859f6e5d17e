import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { Kysely } from 'kysely';
import type { ConnectionConfiguration } from 'tedious';
import { expect, test, vi } from 'vitest';
import { storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

// The pool is not full yet, but whoever asks now gets nothing before one of two handlers has ended.
test('a renewal does not wait behind transactions that wait for the pool’s last connection', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let asked = 0;
  const source = async (): Promise<ConnectionConfiguration> => {
    if (++asked === 2) await opened;
    return server.config;
  };
  const db = new Kysely<unknown>({ dialect: createDialect(source, { max: 2 }) });
  const store = new SqlServerStore({ db });
  const first = await db.startTransaction().execute();
  // One is to have the second connection, which takes its time to open; the other waits for either.
  const others = [db.startTransaction().execute(), db.startTransaction().execute()];
  const renewing = store.renew('key', createToken(), 60_000);
  await expect(renewing).resolves.toBe(true);
  open();
  await first.rollback().execute();
  for (const other of others) await (await other).rollback().execute();
  expect(server.connections).toBe(3);
  // The one beside the pool's ends with it, or the process would not.
  await db.destroy();
  await vi.waitFor(() => expect(server.open).toBe(0), 10_000);
});
