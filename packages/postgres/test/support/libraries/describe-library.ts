import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createToken, Idempotency } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paymentInto, paymentsOf } from '../payments.ts';
import { describeWithTable } from '../table.ts';
import { type LibraryOpener, PATIENT } from './library.ts';

/** What fails the transaction. */
const FAILING = 'SELECT 1 / 0';
const VALUES = [0, 1, 255, 256, 8_001, 100_000];

export type Step =
  | 'before the write'
  | 'after the write'
  | 'after complete'
  | 'during the commit'
  | 'after the commit';

/** Around the commit; each costs a process, so most are for the nightly run. */
const STEPS: readonly Step[] =
  process.env['IDEM_TEST_BUDGET'] === 'long'
    ? [
        'before the write',
        'after the write',
        'after complete',
        'during the commit',
        'after the commit',
      ]
    : ['during the commit'];

/**
 * What a library's transactions have to do for exactly-once effects.
 *
 * @param steps where a process is killed
 */
export function describeLibrary(library: LibraryOpener, steps: readonly Step[] = STEPS): void {
  const { name } = library;
  describeWithTable(`a transaction of ${name}`, (at) => {
    beforeAll(() =>
      at.query(`CREATE TABLE ${paymentsOf(at.table)} (idempotency_key text NOT NULL)`),
    );
    afterAll(() => at.query(`DROP TABLE ${paymentsOf(at.table)}`));
    const payments = async (key: string): Promise<number> => {
      const [row] = await at.query<{ n: string }>(
        `SELECT count(*) AS n FROM ${paymentsOf(at.table)} WHERE idempotency_key = $1`,
        [key],
      );
      return Number(row?.n);
    };
    const lapse = (key: string): Promise<unknown[]> =>
      at.query(
        `UPDATE ${at.table} SET ends_at = '2020-01-01' WHERE key = $1 AND state = 'claimed'`,
        [Buffer.from(key)],
      );
    const plain = (): PostgresStore =>
      new PostgresStore({ pool: at.pool, table: at.table, timeout: PATIENT });

    /** Pays by the library's own way to run a transaction. */
    const pay = (key: string, then: 'returns' | 'throws' | 'swallows' = 'returns') =>
      library.open(at.server, at.table, {
        use: ({ store, begin, execute }) =>
          new Idempotency({ store, ttl: 600_000 }).runInTransaction(
            key,
            begin,
            async ({ tx }) => {
              await execute(tx, paymentInto(at.table), key);
              if (then === 'throws') throw new Error('declined');
              if (then === 'swallows') await execute(tx, FAILING, key).then(undefined, () => {});
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

    test('records nothing when the work swallows the error that failed it (25P02)', async () => {
      const key = `${name} swallowed`;
      await expect(pay(key, 'swallows')).rejects.toMatchObject({
        code: 'IDEM_STORE_FAILED',
        retryable: true,
        message: expect.stringContaining('25P02'),
      });
      await expect(payments(key)).resolves.toBe(0);
      await expect(plain().exists(key)).resolves.toBe(false);
    });

    test('takes and gives bytes as they are', async () => {
      await library.open(at.server, at.table, {
        use: ({ store, begin }) =>
          begin(async (tx) => {
            for (const length of VALUES) {
              const key = `${name} ${length} bytes é😀\0`;
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
      await expect(plain().exists(`${name} 0 bytes é😀\0`)).resolves.toBe(true);
    });

    test('refuses what is no transaction of it', async () => {
      await library.open(at.server, at.table, {
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
        const payment = { server: at.server, table: at.table, key, step, library: name };
        const child = fork(new URL('../../programs/payment.ts', import.meta.url), {
          execArgv: ['--conditions=@idem/source'],
          env: { ...process.env, IDEM_PAYMENT: JSON.stringify(payment) },
        });
        const [, signal] = await once(child, 'exit');
        expect(signal).toBe('SIGKILL');
        if (step !== 'during the commit') {
          await expect(payments(key)).resolves.toBe(step === 'after the commit' ? 1 : 0);
        }
        // The dead holder's lease ends, without a wait for it.
        await lapse(key);
        const { replayed } = await pay(key);
        if (step !== 'during the commit') expect(replayed).toBe(step === 'after the commit');
        await expect(payments(key)).resolves.toBe(1);
      },
      120_000,
    );
  });
}
