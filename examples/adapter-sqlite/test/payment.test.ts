import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { Idempotency } from '@idem/core';
import { SqliteStore } from '../src/store.ts';

const folder = mkdtempSync(join(tmpdir(), 'idem-sqlite-'));
const file = join(folder, 'payments.db');
const store = new SqliteStore(file);
const idempotency = new Idempotency({ store, ttl: 86_400_000 });
const own = new DatabaseSync(file);
own.exec('CREATE TABLE payments (amount INTEGER) STRICT');

after(async () => {
  own.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

/** Begins a transaction on a connection of the application's. */
async function begin<R>(work: (tx: DatabaseSync) => Promise<R>): Promise<R> {
  const db = new DatabaseSync(file);
  try {
    db.exec('BEGIN');
    const result = await work(db);
    db.exec('COMMIT');
    return result;
  } finally {
    // A connection that is closed rolls back what it has not committed.
    db.close();
  }
}

const paid = () => own.prepare('SELECT amount FROM payments').all().length;
const pay = (key: string, fails = false) =>
  idempotency.runInTransaction(key, begin, async ({ tx }) => {
    tx.prepare('INSERT INTO payments VALUES (?)').run(4200);
    if (fails) throw new Error('declined');
    return { charged: 4200 };
  });

test('a payment that fails leaves neither itself nor a record', async () => {
  await assert.rejects(pay('order-1', true), /declined/);
  assert.equal(paid(), 0);
  assert.equal(await store.exists('order-1'), false);
});

test('a payment and its record are committed together, and once', async () => {
  const first = await pay('order-1');
  const again = await pay('order-1');
  assert.deepEqual([first.replayed, again.replayed], [false, true]);
  assert.deepEqual(again.value, { charged: 4200 });
  assert.equal(paid(), 1);
});
