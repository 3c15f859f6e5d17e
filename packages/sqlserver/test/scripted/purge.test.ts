import { Runner } from '@idem/core/sql';
import { createDialect, type SqlChannel, SqlServerStore } from '@idem/sqlserver';
import { Kysely } from 'kysely';
import { afterEach, expect, test, vi } from 'vitest';
import { faults } from '../../src/faults/fault.ts';
import { purgeExpired } from '../../src/purge.ts';
import { type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

afterEach(() => {
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
