import { setTimeout as sleep } from 'node:timers/promises';
import { Idempotency } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CompiledQuery, Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configOf } from '../support/config.ts';
import { paymentInto, paymentsOf } from '../support/payments.ts';
import { describeOnRealServer } from '../support/real-server.ts';
import { Relay } from '../support/relay.ts';

describeOnRealServer('a commit whose reply is lost while its session lives on', {}, (at) => {
  beforeAll(() => at.query(`CREATE TABLE ${paymentsOf(at.table)} (IdempotencyKey NVARCHAR(100))`));
  afterAll(() => at.query(`DROP TABLE ${paymentsOf(at.table)}`));
  const open = () =>
    new Idempotency({
      store: new SqlServerStore({ db: at.db, table: at.table, timeout: 20_000 }),
      ttl: 600_000,
    });
  const pay = (db: Kysely<unknown>, key: string, beforeCommit: () => void = () => {}) =>
    open().runInTransaction(
      key,
      (work) =>
        db.transaction().execute(async (tx) => {
          const result = await work(tx);
          beforeCommit();
          return result;
        }),
      async ({ tx }) => {
        await tx.executeQuery(CompiledQuery.raw(paymentInto(at.table).replace('?', '@1'), [key]));
        return { paid: key };
      },
      { wait: 60_000 },
    );

  test.each([
    ['it was done at once', 'when the server answers'],
    ['it arrives when its client is gone', 'before the request arrives'],
  ] as const)('%s: the payment is there once', async (_, how) => {
    await using relay = await Relay.listen(at.address);
    const address = { ...at.address, host: '127.0.0.1', port: relay.port };
    const cut = new Kysely<unknown>({ dialect: createDialect(configOf(address), { max: 1 }) });
    const key = `commit, ${how}`;
    const paying = pay(cut, key, () => relay.breaks(how)).catch((error: unknown) => error);
    await relay.broken;
    // Whoever asks for the outcome may have to wait for the session that lives on.
    await Promise.race([paying, sleep(500)]);
    relay.deliver();
    await paying;
    const { value } = await pay(at.db, key);
    expect(value).toEqual({ paid: key });
    const [row] = await at.query<{ n: number }>(
      `SELECT COUNT(*) AS n FROM ${paymentsOf(at.table)} WHERE IdempotencyKey = @1`,
      [key],
    );
    expect(Number(row?.n)).toBe(1);
    await cut.destroy();
  });
});
