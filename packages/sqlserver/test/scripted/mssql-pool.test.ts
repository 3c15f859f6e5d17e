import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { mssqlPool, mssqlTransactions } from '@idem/sqlserver/mssql';
import sql from 'mssql';
import { describe, expect, test } from 'vitest';
import { type Script, type Statement, storeAnswer } from '../support/tds/script.ts';
import { ScriptedServer } from '../support/tds/scripted-server.ts';

/** A store on a pool of one connection, which is not open yet. */
async function open(script: Partial<Script>) {
  const server = await ScriptedServer.listen({ answer: storeAnswer, ...script });
  const port = server.config.options?.port;
  const pool = await new sql.ConnectionPool({
    ...{ server: '127.0.0.1', user: 'u', password: 'p' },
    ...(port === undefined ? {} : { port }),
    options: { encrypt: false },
    pool: { max: 1 },
    validateConnection: 'socket',
  }).connect();
  pool.on('error', () => {});
  const transactions = mssqlTransactions<sql.Transaction>();
  const store = new SqlServerStore({ pool: mssqlPool(pool), transactions, timeout: 60_000 });
  return { server, pool, store };
}

const claim = { token: createToken(), lease: 60_000 };
/** `connect` opens one connection to see that it can, and closes it. */
const PROBE = 0;
const FIRST = 1;

describe('a login of a pool of mssql that is refused for a while is tried again', () => {
  test.each([
    [[40613], 'a database that moves'],
    [[18401], 'an upgrade'],
    [[4060, 18456], 'a database that cannot be opened yet'],
  ])('%j, %s', async (numbers) => {
    const { server, pool, store } = await open({
      login: (session) => (session === FIRST ? numbers.map((number) => ({ number })) : []),
    });
    await using _server = server;
    await expect(store.claim('key', claim)).resolves.toMatchObject({ outcome: 'acquired' });
    expect(server.connections).toBe(3);
    await pool.close();
  });
});

test('a wrong password of a pool of mssql is final, after one try', async () => {
  const { server, pool, store } = await open({
    login: (session) => (session === PROBE ? [] : [{ number: 18456 }]),
  });
  await using _server = server;
  await expect(store.claim('key', claim)).rejects.toMatchObject({
    code: 'IDEM_STORE_UNAVAILABLE',
    retryable: false,
  });
  expect(server.connections).toBe(2);
  await pool.close();
});

test.each([3906, 976])('error %i leaves the pool of mssql with its connection', async (number) => {
  const { server, pool, store } = await open({
    answer: (statement: Statement) =>
      statement.session === FIRST ? { error: { number } } : storeAnswer(statement),
  });
  await using _server = server;
  await expect(store.claim('key', claim)).resolves.toMatchObject({ outcome: 'acquired' });
  await pool.close();
});

test('nothing is recorded in a transaction that somebody left open on a connection of the pool', async () => {
  const { server, pool, store } = await open({});
  await using _server = server;
  await pool.query('BEGIN TRANSACTION');
  await expect(store.complete('key', claim.token, new Uint8Array(1), 60_000)).resolves.toBe(true);
  await pool.close();
  expect(server.committed).toEqual(['record']);
});

test('what the application does before a connection opens is done as before', async () => {
  await using server = await ScriptedServer.listen({ answer: storeAnswer });
  const port = server.config.options?.port;
  let opened = 0;
  const pool = await new sql.ConnectionPool({
    ...{ server: '127.0.0.1', user: 'u', password: 'p' },
    ...(port === undefined ? {} : { port }),
    options: { encrypt: false },
    beforeConnect: () => {
      opened++;
    },
  }).connect();
  const transactions = mssqlTransactions<sql.Transaction>();
  // Two stores on one pool wrap it once.
  const stores = [1, 2].map(() => new SqlServerStore({ pool: mssqlPool(pool), transactions }));
  for (const store of stores) await store.exists('key');
  expect(opened).toBe(2);
  await pool.close();
});
