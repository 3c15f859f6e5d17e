import { createToken, type RunTransaction } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { inMssqlTransaction, mssqlPool, mssqlTransactions } from '@idem/sqlserver/mssql';
import { inTediousTransaction, tediousTransactions } from '@idem/sqlserver/tedious';
import sql from 'mssql';
import { Connection, type ConnectionConfiguration } from 'tedious';
import { expect, test } from 'vitest';
import { lockedServer } from '../support/tds/locked.ts';

interface Opened<Tx> {
  readonly store: SqlServerStore<Tx>;
  readonly begin: RunTransaction<Tx>;
  close(): Promise<void>;
}

async function openTedious(config: ConnectionConfiguration): Promise<Opened<Connection>> {
  const connection = new Connection(config);
  await new Promise<void>((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
  const transactions = tediousTransactions;
  return {
    store: await SqlServerStore.connect(config, { transactions }),
    begin: inTediousTransaction(connection),
    close: async () => connection.close(),
  };
}

async function openMssql({ options }: ConnectionConfiguration): Promise<Opened<sql.Transaction>> {
  const pool = await new sql.ConnectionPool({
    server: '127.0.0.1',
    user: 'u',
    password: 'p',
    ...(options?.port === undefined ? {} : { port: options.port }),
    options: { encrypt: false },
    pool: { max: 1 },
  }).connect();
  const transactions = mssqlTransactions<sql.Transaction>();
  return {
    store: new SqlServerStore({ pool: mssqlPool(pool), transactions }),
    begin: inMssqlTransaction(pool),
    close: () => pool.close(),
  };
}

async function giveUp<Tx>(open: (config: ConnectionConfiguration) => Promise<Opened<Tx>>) {
  const { server, blocked, cancelled, acknowledge } = await lockedServer();
  await using _server = server;
  const { store, begin, close } = await open(server.config);
  const stop = new AbortController();
  void blocked.then(() => stop.abort(new Error('enough')));
  let rejected = false;
  const paying = begin((tx) => {
    const completing = store
      .inTransaction(tx)
      .complete('key', createToken(), new Uint8Array(1), 60_000, { signal: stop.signal });
    completing.catch(() => {
      rejected = true;
    });
    return completing;
  });
  await cancelled;
  await new Promise((resolve) => setImmediate(resolve));
  expect(rejected).toBe(false);
  acknowledge();
  await expect(paying).rejects.toThrow('enough');
  expect(server.log.at(-1)?.text).toBe('rollback');
  await store.close();
  await close();
}

test('a request of tedious that is given up rejects when it is acknowledged, and is rolled back', () =>
  giveUp(openTedious));

test('a request of mssql that is given up rejects when it is acknowledged, and is rolled back', () =>
  giveUp(openMssql));
