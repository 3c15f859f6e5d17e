import { readFile } from 'node:fs/promises';
import { Idempotency } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { findPostgres, type PostgresServer } from '@idem-workspace/test-servers/postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placeOrder, relay, TABLES } from '../src/outbox.ts';

const found = await findPostgres();

test('it is at most sixty lines', async () => {
  const text = await readFile(new URL('../src/outbox.ts', import.meta.url), 'utf8');
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
});

if ('absent' in found) {
  test.skip(`an outbox (${found.absent})`, () => {});
} else {
  describe('an outbox', () => onServer(found));
}

function onServer(server: PostgresServer): void {
  const pool = new pg.Pool({ connectionString: server.url, max: 8 });
  const store = new PostgresStore<pg.PoolClient>({ pool, timeout: 60_000 });
  const idempotency = new Idempotency({ store, ttl: 600_000 });
  const count = async (table: string): Promise<number> =>
    Number((await pool.query(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n);

  beforeAll(async () => {
    await store.ensureSchema();
    await pool.query(TABLES);
  });
  afterAll(async () => {
    await pool.query('DROP TABLE orders, outbox');
    await pool.end();
    await server.close();
  });

  test('one order, one message and one answer, however often it is placed', async () => {
    const place = () => placeOrder(idempotency, pool, { id: 'A-17', amount: 4200 });
    const first = await place();
    await expect(Promise.all([place(), place()])).resolves.toEqual([first, first]);
    await expect(count('orders')).resolves.toBe(1);
    await expect(count('outbox')).resolves.toBe(1);
  });

  test('an order that fails leaves no message', async () => {
    const failing = placeOrder(idempotency, pool, { id: 'B-1', amount: Number.NaN });
    await expect(failing).rejects.toThrow();
    await expect(count('outbox')).resolves.toBe(1);
  });

  test('the relay delivers it, again after a delivery that failed, and then no more', async () => {
    const delivered: string[] = [];
    const broken = relay(pool, async () => {
      throw new Error('the broker is down');
    });
    await expect(broken).rejects.toThrow('the broker is down');
    const deliver = async (eventId: string): Promise<void> => {
      delivered.push(eventId);
    };
    await expect(relay(pool, deliver)).resolves.toBe(1);
    await expect(relay(pool, deliver)).resolves.toBe(0);
    expect(delivered).toEqual(['order:A-17']);
  });
}
