import { setTimeout as sleep } from 'node:timers/promises';
import { createToken, type IdempotencyStore } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import pg from 'pg';
import { expect, test } from 'vitest';
import { describeWithTable } from '../support/table.ts';
import { PATIENT } from '../support/url.ts';

const LEASE = 600_000;

/** What the client's queue holds when the store's statement is put behind it. */
function queue(client: pg.ClientBase, ...texts: string[]): Promise<unknown> {
  return Promise.all(texts.map((text) => client.query(text)));
}

describeWithTable('what is in the queue of a client before a statement of ours', (at) => {
  const claim = (store: IdempotencyStore, key: string, signal?: AbortSignal) =>
    store.claim(
      key,
      { token: createToken(), lease: LEASE },
      signal === undefined ? {} : { signal },
    );
  const stateOf = async (key: string): Promise<string> =>
    (await (await at.open()).inspect(key)).state;

  test('a BEGIN of whoever gave the client back: no claim is told that is in that transaction', async () => {
    const pool = new pg.Pool({ connectionString: at.server, max: 1 });
    const store = new PostgresStore({ pool, table: at.table, timeout: PATIENT });
    const client = await pool.connect();
    const begun = queue(client, 'SELECT 1', 'BEGIN');
    client.release();
    await expect(claim(store, 'pooled')).resolves.toMatchObject({ outcome: 'acquired' });
    await begun;
    await expect(stateOf('pooled')).resolves.toBe('claimed');
    await pool.end();
  });

  test('a BEGIN on one client: nothing is sent into that transaction, and nothing set in it', async () => {
    const client = new pg.Client(at.server);
    await client.connect();
    const store = new PostgresStore({ pool: client, table: at.table, timeout: PATIENT });
    const begun = queue(client, 'BEGIN');
    await expect(claim(store, 'single')).rejects.toMatchObject({ code: 'IDEM_STORE_FAILED' });
    await begun;
    const { rows } = await client.query(`SELECT pg_current_xact_id_if_assigned() AS written,
      current_setting('lock_timeout') AS lock_timeout`);
    expect(rows).toEqual([{ written: null, lock_timeout: '0' }]);
    await client.query('ROLLBACK');
    await client.end();
  });

  test('a BEGIN on one client that pipelines: what became part of that transaction is not told as done', async () => {
    const client = new pg.Client({ connectionString: at.server, pipeline: true });
    await client.connect();
    const store = new PostgresStore({ pool: client, table: at.table, timeout: PATIENT });
    const begun = queue(client, 'BEGIN');
    await expect(claim(store, 'pipelined')).rejects.toMatchObject({ code: 'IDEM_STORE_FAILED' });
    await begun;
    await client.query('ROLLBACK');
    await client.end();
    await expect(stateOf('pipelined')).resolves.toBe('vacant');
  });

  test('where names are gone: what was given up before its turn is not sent', async () => {
    const client = new pg.Client(at.server);
    await client.connect();
    const store = new PostgresStore({ pool: client, table: at.table, timeout: PATIENT });
    await store.exists('warm');
    await client.query('DEALLOCATE ALL');
    await store.exists('warm');
    const leaving = new AbortController();
    const before = queue(client, 'SELECT pg_sleep(0.1)');
    const given = claim(store, 'given up', leaving.signal);
    await sleep(0);
    leaving.abort('gone');
    await expect(given).rejects.toBe('gone');
    await before;
    await client.query('SELECT 1');
    await expect(stateOf('given up')).resolves.toBe('vacant');
    await client.end();
  });
});
