/** Pays once, in one transaction with its record, and dies at the step that it is told. */
import { Idempotency } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDatabase } from '../support/database.ts';
import { payIn } from '../support/payments.ts';

const {
  url = '',
  table = '',
  key = '',
  step = '',
} = JSON.parse(process.env['IDEM_PAYMENT'] ?? '{}');
const db = createDatabase(url);
const store = new SqlServerStore({ db, table, timeout: 60_000 });
const idempotency = new Idempotency({ store, ttl: 600_000, lease: 600_000 });
const die = (at: string): void => {
  if (step === at) process.kill(process.pid, 'SIGKILL');
};

await idempotency.runInTransaction(
  key,
  async (work) => {
    const tx = await db.startTransaction().execute();
    const result = await work(tx);
    die('after complete');
    const committing = tx.commit().execute();
    // The commit is on its way when the socket has taken it.
    if (step === 'during commit') await new Promise((sent) => setImmediate(sent));
    die('during commit');
    await committing;
    die('after commit');
    return result;
  },
  async ({ tx }) => {
    die('before the write');
    await payIn(tx, table, key);
    die('after the write');
    return { paid: key };
  },
);
await db.destroy();
