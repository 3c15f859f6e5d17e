import { SqlServerStore } from '@idem/sqlserver';
import { describe, expect, test } from 'vitest';
import { storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

/** Refuses the first logins with these errors, and then lets one in. */
const refusing = (errors: readonly number[], times = 1): Promise<ScriptedServer> =>
  ScriptedServer.listen({
    answer: storeAnswer,
    login: (session) => (session < times ? errors.map((number) => ({ number })) : []),
  });

/** tedious tries some numbers again by itself, which would hide what the store does. */
const configOf = (server: ScriptedServer) => ({
  ...server.config,
  options: { ...server.config.options, maxRetriesOnTransientErrors: 0 },
});

describe('a login that is refused for a while is tried again', () => {
  test.each([
    [40613, 'a database that moves'],
    [976, 'a secondary that may not be read'],
    [18401, 'an upgrade'],
    [49918, 'a server at its limits'],
    [17809, 'no more connections'],
    [42109, 'a pool that warms up'],
  ])('%i, %s', async (number) => {
    await using server = await refusing([number]);
    const store = await SqlServerStore.connect(configOf(server), { timeout: 60_000 });
    expect(server.connections).toBe(2);
    await store.close();
  });

  test('4060 followed by 18456, which is only its consequence', async () => {
    await using server = await refusing([4060, 18456]);
    const store = await SqlServerStore.connect(configOf(server), { timeout: 60_000 });
    expect(server.connections).toBe(2);
    await store.close();
  });
});

test('a wrong password is final, and says so', async () => {
  await using server = await refusing([18456], 100);
  const connecting = SqlServerStore.connect(configOf(server), { timeout: 60_000 });
  await expect(connecting).rejects.toMatchObject({
    code: 'IDEM_STORE_UNAVAILABLE',
    retryable: false,
    message: expect.stringMatching(/18456.*password/),
  });
  expect(server.connections).toBe(1);
});
