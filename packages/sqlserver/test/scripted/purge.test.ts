import { Runner, startPurging } from '@idem/core/sql';
import { type SqlChannel, SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { Kysely } from 'kysely';
import { afterEach, expect, test, vi } from 'vitest';
import { faults } from '../../src/faults/fault.ts';
import { purgeExpired } from '../../src/purge.ts';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Full batches, as many as there are, and then an empty one for each shard. */
async function backlog(batches: number) {
  let left = batches;
  const server = await ScriptedServer.listen({
    answer: (statement: Statement) =>
      statement.text.includes('_Purge_')
        ? { rows: [{ deleted: left-- > 0 ? 10 : 0 }] }
        : storeAnswer(statement),
  });
  const db = new Kysely<unknown>({ dialect: createDialect(server.config) });
  return { server, db, store: new SqlServerStore({ db }) };
}

test('a purge that pauses is stopped in its pause, and says by whom', async () => {
  const { server, db, store } = await backlog(Number.POSITIVE_INFINITY);
  await using _server = server;
  const stop = new AbortController();
  const purging = store.purgeExpired({
    batch: 10,
    pause: 60_000,
    signal: stop.signal,
    onProgress: () => setImmediate(() => stop.abort(new Error('enough'))),
  });
  await expect(purging).rejects.toThrow('enough');
  expect(server.sent('_Purge_')).toHaveLength(1);
  await db.destroy();
});

test('a purge that pauses deletes all that there is', async () => {
  const { server, db, store } = await backlog(3);
  await using _server = server;
  await expect(store.purgeExpired({ batch: 10, pause: 1 })).resolves.toBe(30);
  expect(server.sent('_Purge_')).toHaveLength(3 + 8);
  await db.destroy();
});

test.each([0, 0.5, 0.999])(
  'a purge visits every shard, wherever it begins (%d)',
  async (chance) => {
    vi.spyOn(Math, 'random').mockReturnValue(chance);
    const shards: unknown[] = [];
    const channel: SqlChannel = {
      placeholder: (n) => `@${n}`,
      send: async ({ parameters }) => {
        shards.push(parameters[0]);
        return [{ deleted: 0 }];
      },
    };
    await purgeExpired(new Runner(channel, { faults, timeout: 60_000, repeat: false }), 'EXEC', {});
    const first = Math.floor(chance * 8);
    expect(shards).toEqual(Array.from({ length: 8 }, (_, n) => (first + n) % 8));
  },
);

// Processes that a deployment starts together must not purge together.
test.each([
  [0, 900],
  [0.5, 1_000],
  [0.75, 1_050],
])('by a chance of %d, purges that are a second apart come %d ms apart', async (chance, apart) => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(chance);
  let purges = 0;
  const purging = startPurging(async () => purges++, { interval: 1_000 });
  for (let n = 0; n < 3; n++) {
    await vi.advanceTimersByTimeAsync(apart - 1);
    expect(purges).toBe(n);
    await vi.advanceTimersByTimeAsync(1);
    expect(purges).toBe(n + 1);
  }
  purging[Symbol.dispose]();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(purges).toBe(3);
});
