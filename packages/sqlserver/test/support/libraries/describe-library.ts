import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createToken, Idempotency } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paymentInto, paymentsOf } from '../payments.ts';
import { describeWithTable } from '../table.ts';
import type { LibraryOpener, LibraryUse } from './library.ts';

/** What ends the batch, and on every server the transaction with it. */
const ENDING = "SET XACT_ABORT ON; SELECT CAST('x' AS INT)";
const VALUES = [0, 1, 255, 256, 257, 8_001, 100_000];

type Step =
  | 'before the write'
  | 'after the write'
  | 'after complete'
  | 'during commit'
  | 'after commit';

/** Around the commit; each costs a process and a connection of a library, so most are for the nightly run. */
const STEPS: readonly Step[] =
  process.env['IDEM_TEST_BUDGET'] === 'long'
    ? ['after complete', 'during commit', 'after commit']
    : ['during commit'];

/**
 * What a library's transactions have to do for exactly-once effects.
 *
 * @param steps where a process is killed
 */
export function describeLibrary(library: LibraryOpener, steps: readonly Step[] = STEPS): void {
  const { name } = library;
  describeWithTable(`a transaction of ${name}`, (at) => {
    beforeAll(() =>
      at.query(`CREATE TABLE ${paymentsOf(at.table)} (IdempotencyKey NVARCHAR(100) NOT NULL)`),
    );
    afterAll(() => at.query(`DROP TABLE ${paymentsOf(at.table)}`));
    const payments = async (key: string): Promise<number> => {
      const [row] = await at.query<{ n: number }>(
        `SELECT COUNT(*) AS n FROM ${paymentsOf(at.table)} WHERE IdempotencyKey = @1`,
        [key],
      );
      return Number(row?.n);
    };
    const lapse = (key: string): Promise<unknown[]> =>
      at.query(
        `UPDATE dbo.${at.table} SET EndsAt = '2020-01-01' WHERE IdempotencyKey = @1 AND State = 'claimed'`,
        [key],
      );

    // One for all tests: what one leaves on the connections is what the next begins with.
    let inLibrary: <R>(use: LibraryUse<R>) => Promise<R>;
    let release = (): void => {};
    let open: Promise<void> = Promise.resolve();
    beforeAll(async () => {
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      await new Promise<void>((resolve, reject) => {
        open = library.open(at.address, at.table, {
          use: (own) => {
            inLibrary = (use) => use.use(own);
            resolve();
            return held;
          },
        });
        open.catch(reject);
      });
    });
    afterAll(async () => {
      release();
      await open;
    });

    /** Pays by the library's own way to run a transaction. */
    const pay = (key: string, then: 'returns' | 'throws' | 'swallows' | 'begins' = 'returns') =>
      inLibrary({
        use: ({ store, begin, execute }) =>
          new Idempotency({ store, ttl: 600_000, lease: 600_000 }).runInTransaction(
            key,
            begin,
            async ({ tx }) => {
              await execute(tx, paymentInto(at.table), key);
              if (then === 'throws') throw new Error('declined');
              if (then === 'swallows') await execute(tx, ENDING, key).catch(() => {});
              if (then === 'begins') await execute(tx, 'BEGIN TRANSACTION', key).catch(() => {});
              return { paid: key };
            },
            { wait: 60_000 },
          ),
      });

    test('commits effect and record together, and is replayed', async () => {
      const key = `${name} together`;
      await expect(pay(key)).resolves.toMatchObject({ replayed: false });
      await expect(pay(key)).resolves.toMatchObject({ replayed: true, value: { paid: key } });
      await expect(payments(key)).resolves.toBe(1);
    });

    test('leaves neither when the work throws', async () => {
      const key = `${name} thrown`;
      await expect(pay(key, 'throws')).rejects.toThrow('declined');
      await expect(payments(key)).resolves.toBe(0);
    });

    test('records nothing when the work swallows the error that ended it', async () => {
      const key = `${name} swallowed`;
      await expect(pay(key, 'swallows')).rejects.toMatchObject({ code: 'IDEM_STORE_FAILED' });
      await expect(payments(key)).resolves.toBe(0);
      await expect(new SqlServerStore({ db: at.db, table: at.table }).exists(key)).resolves.toBe(
        false,
      );
    });

    test('records nothing where another transaction was begun in it, and ends both', async () => {
      const key = `${name} begun within`;
      const paying = pay(key, 'begins');
      await expect(paying).rejects.toMatchObject({
        code: 'IDEM_STORE_FAILED',
        message: expect.stringContaining('more than one transaction'),
      });
      await expect(payments(key)).resolves.toBe(0);
      // On the same connection.
      await expect(pay(key)).resolves.toMatchObject({ replayed: false });
      await expect(payments(key)).resolves.toBe(1);
    });

    test('takes and gives bytes as they are', async () => {
      await inLibrary({
        use: ({ store, begin }) =>
          begin(async (tx) => {
            for (const length of VALUES) {
              const key = `${name} ${length} bytes é😀`;
              const token = createToken();
              const value = Uint8Array.from({ length }, (_, i) => (i * 7) % 256);
              await store.claim(key, { token, lease: 600_000 });
              const bound = store.inTransaction(tx);
              await expect(bound.complete(key, token, value, 600_000)).resolves.toBe(true);
              await expect(bound.find(key)).resolves.toEqual(value);
              await expect(bound.exists(key)).resolves.toBe(true);
            }
          }),
      });
      const store = new SqlServerStore({ db: at.db, table: at.table, timeout: 60_000 });
      await expect(store.exists(`${name} 0 bytes é😀`)).resolves.toBe(true);
    });

    test('says what the server refused', async () => {
      const finding = inLibrary({
        use: ({ begin, transactions }) => {
          const store = new SqlServerStore({
            db: at.db,
            transactions,
            table: `${at.table}_missing`,
          });
          return begin((tx) => store.inTransaction(tx).find('any'));
        },
      });
      await expect(finding).rejects.toMatchObject({ code: 'IDEM_SCHEMA_MISSING' });
    });

    test('refuses what is no transaction of it', async () => {
      await inLibrary({
        use: async ({ store }) => {
          // @ts-expect-error: what a JavaScript caller could do
          expect(() => store.inTransaction({})).toThrow(
            expect.objectContaining({ code: 'IDEM_INVALID_OPTIONS' }),
          );
        },
      });
    });

    test.each(steps)(
      'killed %s, its effect is there exactly once after the retry',
      async (step) => {
        const key = `${name} killed ${step}`;
        const payment = { address: at.address, table: at.table, key, step, library: name };
        const child = fork(new URL('../../programs/payment.ts', import.meta.url), {
          execArgv: ['--conditions=@idem/source'],
          env: { ...process.env, IDEM_PAYMENT: JSON.stringify(payment) },
        });
        const [, signal] = await once(child, 'exit');
        expect(signal).toBe('SIGKILL');
        if (step !== 'during commit') {
          await expect(payments(key)).resolves.toBe(step === 'after commit' ? 1 : 0);
        }
        // The dead holder's lease ends, without a wait for it.
        await lapse(key);
        const { replayed } = await pay(key);
        if (step !== 'during commit') expect(replayed).toBe(step === 'after commit');
        await expect(payments(key)).resolves.toBe(1);
      },
      180_000,
    );
  });
}
