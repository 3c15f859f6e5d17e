import { SqlServerStore } from '@idem/sqlserver';
import { expect, test } from 'vitest';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

/** A server that lets in the user of the day, and loses the connection when that is said. */
async function changing() {
  let user = 'monday';
  let losing = false;
  const server = await ScriptedServer.listen({
    answer: (statement: Statement) => {
      const lost = losing;
      losing = false;
      return lost ? 'drop' : storeAnswer(statement);
    },
    login: (_, given) => (given === user ? [] : [{ number: 18456 }]),
  });
  const change = (to: string): void => {
    user = to;
    losing = true;
  };
  const config = (userName: string) => ({
    ...server.config,
    authentication: { type: 'default' as const, options: { userName, password: 'p' } },
  });
  return { server, change, config, current: () => user };
}

test('a function gives the login of each connection, as it is when that is opened', async () => {
  const { server, change, config, current } = await changing();
  await using _server = server;
  const store = await SqlServerStore.connect(async () => config(current()), { timeout: 60_000 });
  await store.exists('key');
  change('tuesday');
  await expect(store.exists('key')).resolves.toBe(false);
  expect(server.connections).toBe(2);
  await store.close();
});

test('a function that fails for a while is asked again, within the timeout', async () => {
  const { server, config, current } = await changing();
  await using _server = server;
  let asked = 0;
  const source = async () => {
    if (++asked < 3) throw new Error('the token service does not answer');
    return config(current());
  };
  const store = await SqlServerStore.connect(source, { timeout: 60_000 });
  expect([asked, server.connections]).toEqual([3, 1]);
  await store.close();
});

test('a function that goes on failing is the cause of an error of its own', async () => {
  const cause = new Error('the token service does not answer');
  const source = () => Promise.reject(cause);
  const connecting = SqlServerStore.connect(source, { timeout: 300 });
  await expect(connecting).rejects.toMatchObject({ code: 'IDEM_STORE_UNAVAILABLE', cause });
});
