import { Idempotency } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { type PrismaTransaction, prismaTransactions } from '@idem/postgres/prisma';
import { expect, test, vi } from 'vitest';
import { describeWithTable } from '../support/table.ts';

describeWithTable('what looks like a transaction and is none', (at) => {
  test('is refused before the function is called: what that wrote would be committed at once', async () => {
    const transactions = prismaTransactions();
    const store = new PostgresStore({ pool: at.pool, table: at.table, transactions });
    const idempotency = new Idempotency({ store, ttl: 600_000 });
    const pay = vi.fn(async () => 'paid');
    // Each statement by itself, on one connection, as after a ROLLBACK that the library did not see.
    const client = await at.pool.connect();
    const tx: PrismaTransaction = {
      $queryRawUnsafe: async (text: string, ...values: unknown[]) =>
        (await client.query(text, values)).rows,
    };
    const run = idempotency.runInTransaction('none', (work) => work(tx), pay);
    await expect(run).rejects.toMatchObject({ code: 'IDEM_STORE_FAILED' });
    expect(pay).not.toHaveBeenCalled();
    // The claim is given back.
    await expect(store.inspect('none')).resolves.toEqual({ state: 'vacant', takeover: false });
    client.release();
  });
});
