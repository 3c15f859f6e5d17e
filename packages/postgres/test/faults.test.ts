import { PostgresStore } from '@idem/postgres';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { isTransient, toIdempotencyError } from '../src/faults/fault.ts';
import { errorClasses, serverErrors } from '../src/faults/server-errors.ts';
import { describeWithTable } from './support/table.ts';

const serverError = (code: string, message = 'something'): Error =>
  Object.assign(new Error(message), { code, severity: 'ERROR' });

// A change here is a change of behaviour: each was decided.
test('every SQLSTATE is decided', () => {
  const decided = [...serverErrors, ...errorClasses].map(
    ([state, { transient, code }]) => `${state} ${code}${transient ? ', sent again' : ''}`,
  );
  expect(decided).toMatchSnapshot();
});

test('an unknown error is not sent again, and its text, which may hold a value, is not repeated', () => {
  const error = toIdempotencyError(serverError('22001', "value too long: 'secret'"));
  expect(error).toMatchObject({ code: 'IDEM_STORE_FAILED', retryable: false });
  expect(error.message).toContain('22001');
  expect(error.message).not.toContain('secret');
});

describe('the server’s error is found in what libraries make of it', () => {
  const deadlock = serverError('40P01');
  test.each([
    ['as it is', deadlock],
    ['a cause, as Drizzle has it', new Error('Failed query', { cause: deadlock })],
    ['driverError, as TypeORM has it', Object.assign(new Error('x'), { driverError: deadlock })],
    ['original, as Sequelize has it', Object.assign(new Error('x'), { original: deadlock })],
    ['meta, as Prisma had it', Object.assign(new Error('x'), { code: 'P2010', meta: deadlock })],
    [
      'an adapter’s, as Prisma has it',
      Object.assign(new Error('x'), {
        code: 'P2034',
        meta: { driverAdapterError: { cause: { originalCode: '40P01', kind: 'other' } } },
      }),
    ],
    ['one of several', new AggregateError([deadlock])],
  ])('%s', (_, error) => {
    expect(isTransient(error)).toBe(true);
    expect(toIdempotencyError(error)).toMatchObject({ code: 'IDEM_STORE_BUSY', retryable: true });
  });
});

describe('what drivers say without a SQLSTATE is told by its code or its text', () => {
  test.each([
    ['EPIPE', 'write EPIPE', 'IDEM_STORE_UNAVAILABLE', true],
    ['ECONNREFUSED', 'connect ECONNREFUSED', 'IDEM_STORE_UNAVAILABLE', true],
    ['CONNECTION_CLOSED', 'write CONNECTION_CLOSED', 'IDEM_STORE_UNAVAILABLE', true],
    [undefined, 'Connection terminated unexpectedly', 'IDEM_STORE_UNAVAILABLE', true],
    [undefined, 'timeout exceeded when trying to connect', 'IDEM_STORE_BUSY', true],
    [undefined, 'Cannot use a pool after calling end on the pool', 'IDEM_STORE_UNAVAILABLE', false],
    ['CERT_HAS_EXPIRED', 'certificate has expired', 'IDEM_STORE_UNAVAILABLE', false],
    [undefined, 'something else', 'IDEM_STORE_FAILED', false],
  ])('%s %s', (code, message, expected, retryable) => {
    const error = Object.assign(new Error(message), code === undefined ? {} : { code });
    expect(toIdempotencyError(error)).toMatchObject({ code: expected, retryable });
  });
});

describeWithTable('what the server refuses', (at) => {
  const failing = async (
    change: (url: URL) => void,
    options: pg.PoolConfig = {},
    timeout = 60_000,
  ): Promise<unknown> => {
    const url = new URL(at.server);
    change(url);
    const pool = new pg.Pool({ connectionString: url.href, ...options });
    pool.on('error', () => {});
    const store = new PostgresStore({ pool, table: at.table, timeout });
    const error = await store.store('k', new Uint8Array(), 1_000).catch((e: unknown) => e);
    await pool.end();
    return error;
  };
  /** Sent again until its time is up; on a busy machine that may be before the first answer. */
  const inTheEnd = { timeout: 60_000 };

  test('a database that is not there (3D000)', async () => {
    const error = await failing((url) => {
      url.pathname = '/none';
    });
    expect(error).toMatchObject({ code: 'IDEM_STORE_UNAVAILABLE', retryable: false });
  });

  test('a role that is not there (28000)', async () => {
    const error = await failing((url) => {
      url.username = 'nobody_of_that_name';
    });
    expect(error).toMatchObject({ code: 'IDEM_STORE_UNAVAILABLE', retryable: false });
  });

  test('a role with no connection left (53300)', async () => {
    const role = `${at.table}_full`;
    await at.query(`CREATE ROLE ${role} LOGIN CONNECTION LIMIT 0`);
    const change = (url: URL): void => {
      url.username = role;
    };
    const told = { code: 'IDEM_STORE_BUSY', message: expect.stringContaining('53300') };
    await expect.poll(() => failing(change, {}, 500), inTheEnd).toMatchObject(told);
    await at.query(`DROP ROLE ${role}`);
  });

  test('a server that is read-only, as a standby (25006)', async () => {
    const client = new pg.Client({
      connectionString: at.server,
      options: '-c default_transaction_read_only=on',
    });
    await client.connect();
    const store = new PostgresStore({ pool: client, table: at.table, timeout: 500 });
    const error = (): Promise<unknown> =>
      store.store('k', new Uint8Array(), 1_000).catch((e: unknown) => e);
    const told = { code: 'IDEM_STORE_UNAVAILABLE', message: expect.stringContaining('primary') };
    await expect.poll(error, inTheEnd).toMatchObject({ ...told, retryable: true });
    await client.end();
  });

  test('a lock that is not granted in time (55P03)', async () => {
    await (await at.open()).store('k', new Uint8Array(), 1_000);
    const locker = await at.pool.connect();
    await locker.query('BEGIN');
    await locker.query(`SELECT FROM ${at.table} FOR UPDATE`);
    const options = { options: '-c lock_timeout=20' };
    const told = { code: 'IDEM_STORE_BUSY', message: expect.stringContaining('55P03') };
    const error = (): Promise<unknown> => failing(() => {}, options, 500);
    await expect.poll(error, inTheEnd).toMatchObject({ ...told, retryable: true });
    await locker.query('ROLLBACK');
    locker.release();
  });

  test('sessions at other isolation levels are served as well, by sending again (40001)', async () => {
    const pool = new pg.Pool({
      connectionString: at.server,
      options: '-c default_transaction_isolation=serializable',
    });
    const store = new PostgresStore({ pool, table: at.table, timeout: 60_000 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store.claim('serializable', { token: `${i}`.padStart(22, 'x'), lease: 600_000 }),
      ),
    );
    expect(answers.filter(({ outcome }) => outcome === 'acquired')).toHaveLength(1);
    await pool.end();
  });
});
