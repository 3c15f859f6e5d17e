import { SqlServerStore } from '@idem/sqlserver';
import type { ConnectionConfiguration } from 'tedious';
import { expect, test } from 'vitest';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

type Authentication = NonNullable<ConnectionConfiguration['authentication']>;

/** Takes the tokens of Entra ID that are valid, and loses the connection when it is told to. */
async function takingTokens() {
  const valid = new Set(['first']);
  let losing = false;
  const server = await ScriptedServer.listen({
    answer: (statement: Statement) => {
      const lost = losing;
      losing = false;
      return lost ? 'drop' : storeAnswer(statement);
    },
    login: (_, token) => (valid.has(token) ? [] : [{ number: 18456 }]),
  });
  const config = (authentication: Authentication) => ({ ...server.config, authentication });
  /** Only this one is valid from now on, and the next request finds its connection lost. */
  const renew = (token: string): void => {
    valid.clear();
    valid.add(token);
    losing = true;
  };
  return { server, config, renew };
}

const access = (token: string): Authentication => ({
  type: 'azure-active-directory-access-token',
  options: { token },
});

test('an access token that expired is replaced by the function that gives the configuration', async () => {
  const { server, config, renew } = await takingTokens();
  await using _server = server;
  let current = 'first';
  const store = await SqlServerStore.connect(() => config(access(current)), { timeout: 60_000 });
  await store.exists('key');
  current = 'second';
  renew(current);
  await expect(store.exists('key')).resolves.toBe(false);
  expect(server.connections).toBe(2);
  await store.close();
});

test('an access token that stands in the configuration is refused for good when it has expired', async () => {
  const { server, config } = await takingTokens();
  await using _server = server;
  const connecting = SqlServerStore.connect(config(access('expired')), { timeout: 60_000 });
  await expect(connecting).rejects.toMatchObject({
    code: 'IDEM_STORE_UNAVAILABLE',
    retryable: false,
  });
  expect(server.connections).toBe(1);
});

/** A credential as those of @azure/identity are. */
const credential = (getToken: (scope: string) => string): Authentication => ({
  type: 'token-credential',
  options: {
    credential: {
      getToken: async (scopes: string | string[]) => ({
        token: getToken(String(scopes)),
        expiresOnTimestamp: 0,
      }),
    },
  },
});

test('a credential is asked for a token of this server at each login', async () => {
  const { server, config, renew } = await takingTokens();
  await using _server = server;
  const asked: string[] = [];
  let current = 'first';
  const authentication = credential((scope) => {
    asked.push(scope);
    return current;
  });
  const store = await SqlServerStore.connect(config(authentication), { timeout: 60_000 });
  current = 'second';
  renew(current);
  await expect(store.exists('key')).resolves.toBe(false);
  expect(asked).toEqual(Array(2).fill('https://database.example/.default'));
  await store.close();
});

test('a credential that fails for a while is asked again', async () => {
  const { server, config } = await takingTokens();
  await using _server = server;
  let asked = 0;
  const authentication = credential(() => {
    if (++asked < 3) throw new Error('the token service does not answer');
    return 'first';
  });
  const store = await SqlServerStore.connect(config(authentication), { timeout: 60_000 });
  expect(asked).toBe(3);
  await store.close();
});
