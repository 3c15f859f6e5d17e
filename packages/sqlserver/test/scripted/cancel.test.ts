import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CompiledQuery, Kysely, MssqlDialect } from 'kysely';
import * as tarn from 'tarn';
import * as tedious from 'tedious';
import { describe, expect, test } from 'vitest';
import { lockedServer } from '../support/tds/locked.ts';
import { storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

const value = new Uint8Array([1]);
const TTL = 60_000;

const ours = (config: tedious.ConnectionConfiguration): MssqlDialect =>
  createDialect(config, { max: 1 });
/** As Kysely's documentation has it. */
const plain = (config: tedious.ConnectionConfiguration): MssqlDialect =>
  new MssqlDialect({
    validateConnections: false,
    tarn: { ...tarn, options: { min: 0, max: 1 } },
    tedious: { ...tedious, connectionFactory: () => new tedious.Connection(config) },
  });

const insert = (text: string): CompiledQuery => CompiledQuery.raw(`INSERT ${text}`);

describe.each([
  ['on our dialect', ours],
  ['on a plain MssqlDialect', plain],
])('a request that is given up in a transaction, %s,', (_, dialect) => {
  test.each(['its deadline', 'its signal'])(
    'by %s, rejects when the server has acknowledged it, and its transaction is rolled back',
    async (cause) => {
      const { server, blocked, cancelled, acknowledge } = await lockedServer();
      await using _server = server;
      const db = new Kysely<unknown>({ dialect: dialect(server.config) });
      const timeout = cause === 'its deadline' ? 50 : 60_000;
      const store = new SqlServerStore({ db, timeout });
      const stop = new AbortController();
      let rejected = false;
      const paying = db.transaction().execute(async (tx) => {
        await tx.executeQuery(insert('of a dead transaction'));
        const completing = store
          .inTransaction(tx)
          .complete('key', createToken(), value, TTL, { signal: stop.signal });
        completing.catch(() => {
          rejected = true;
        });
        if (cause === 'its signal') void blocked.then(() => stop.abort(new Error('enough')));
        await completing;
      });
      await cancelled;
      await new Promise((resolve) => setImmediate(resolve));
      expect(rejected).toBe(false);
      acknowledge();
      await expect(paying).rejects.toMatchObject(
        cause === 'its deadline' ? { code: 'IDEM_STORE_TIMEOUT' } : { message: 'enough' },
      );
      expect(server.log.at(-1)?.text).toBe('rollback');

      // What follows on the pool is its own, and stays.
      await db.executeQuery(insert('of the next caller'));
      await db.destroy();
      expect(server.committed).toEqual(['INSERT of the next caller']);
    },
  );
});

test('a query of the application that is aborted in its transaction leaves nothing in our pool', async () => {
  const { server, blocked } = await lockedServer();
  await using _server = server;
  const db = new Kysely<unknown>({ dialect: createDialect(server.config, { max: 1 }) });
  const stop = new AbortController();
  const paying = db.transaction().execute(async (tx) => {
    void blocked.then(() => stop.abort(new Error('enough')));
    await tx.executeQuery(CompiledQuery.raw('WAITFOR'), { signal: stop.signal });
  });
  await expect(paying).rejects.toThrow('enough');
  await db.executeQuery(insert('of the next caller'));
  await db.destroy();
  expect(server.committed).toEqual(['INSERT of the next caller']);
});

test('on a plain MssqlDialect nothing is recorded in a transaction that somebody left open', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const db = new Kysely<unknown>({ dialect: plain(server.config) });
  await db.executeQuery(CompiledQuery.raw('BEGIN TRANSACTION'));
  const storing = new SqlServerStore({ db, timeout: 100 }).store('key', value, TTL);
  await expect(storing).rejects.toMatchObject({ retryable: true });
  await db.destroy();
});
