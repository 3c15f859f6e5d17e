import { Pool, TimeoutError } from 'tarn';
import { describe, expect, test } from 'vitest';
import { isTransient, toIdempotencyError } from '../src/faults/fault.ts';
import { serverErrors } from '../src/faults/server-errors.ts';

const serverError = (number: number, message = 'something'): Error =>
  Object.assign(new Error(message), { code: 'EREQUEST', number });

// A change here is a change of behaviour: each number was decided.
test('every error of the server is decided', () => {
  const decided = [...serverErrors].map(
    ([number, { transient, code }]) => `${number} ${code}${transient ? ', sent again' : ''}`,
  );
  expect(decided).toMatchSnapshot();
});

describe('what Babelfish has no number for is told by its text', () => {
  test.each([
    ['procedure master_dbo.nope(integer) does not exist', 'IDEM_SCHEMA_MISSING', false],
    ['could not serialize access due to concurrent update', 'IDEM_STORE_BUSY', true],
    ['canceling statement due to lock timeout', 'IDEM_STORE_BUSY', true],
    ['terminating connection due to administrator command', 'IDEM_STORE_UNAVAILABLE', true],
    ['the database system is not yet accepting connections', 'IDEM_STORE_UNAVAILABLE', true],
    ['could not extend file "base/1": No space left on device', 'IDEM_STORE_FULL', false],
    ['something else', 'IDEM_STORE_FAILED', false],
  ])('%s', (message, code, retryable) => {
    expect(toIdempotencyError(serverError(33_557_097, message))).toMatchObject({ code, retryable });
  });
});

describe('a login whose number the pool hides is judged by its text', () => {
  test.each([
    ["Database 'd' on server 's' is not currently available. Please retry later.", true],
    ["Login failed for user 'u'. Reason: Server is in script upgrade mode.", true],
    ["Login failed for user 'u'.", false],
    ["Échec de l'ouverture de session de l'utilisateur 'u'.", false],
  ])('%s', (message, retryable) => {
    const error = toIdempotencyError(Object.assign(new Error(message), { code: 'ELOGIN' }));
    expect(error).toMatchObject({ code: 'IDEM_STORE_UNAVAILABLE', retryable });
  });
});

test('a pool without a free connection is busy, whichever copy of tarn it is of', async () => {
  const never = (): Promise<object> => new Promise(() => {});
  const pool = new Pool({
    create: never,
    destroy: () => {},
    min: 0,
    max: 1,
    acquireTimeoutMillis: 1,
  });
  const refused: unknown = await pool.acquire().promise.catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(TimeoutError);
  const otherCopy = { TimeoutError: class TimeoutError extends Error {} };
  for (const error of [refused, new otherCopy.TimeoutError()]) {
    const told = { code: 'IDEM_STORE_BUSY', retryable: true };
    expect(toIdempotencyError(error)).toMatchObject(told);
  }
});

test.each([
  ['TransactionWriteConflict', 'IDEM_STORE_BUSY', true],
  ['TableDoesNotExist', 'IDEM_SCHEMA_MISSING', false],
] as const)('what Prisma’s adapter calls %s keeps its meaning', (kind, code, retryable) => {
  // As a client hands it on (P2010), and as the adapter itself throws it.
  const cause = { kind, originalCode: 'EREQUEST' };
  const adapter = Object.assign(new Error(kind), { name: 'DriverAdapterError', cause });
  const client = Object.assign(new Error('Raw query failed.'), {
    code: 'P2010',
    meta: { driverAdapterError: adapter },
  });
  for (const error of [adapter, client]) {
    expect(toIdempotencyError(error)).toMatchObject({ code, retryable });
  }
});

test('a transaction that Prisma has ended is told as gone', () => {
  const closed = Object.assign(new Error('Transaction already closed'), { code: 'P2028' });
  expect(toIdempotencyError(closed)).toMatchObject({
    code: 'IDEM_STORE_FAILED',
    retryable: true,
    message: expect.stringContaining('no longer there'),
  });
});

test('several errors at once are judged by the first that is known, in either form', () => {
  const errors = [serverError(50_000), serverError(1205)];
  expect(isTransient(errors)).toBe(true);
  expect(isTransient(new AggregateError(errors))).toBe(true);
});

test('an unknown error is not retried, and its text, which may hold a value, is not repeated', () => {
  const error = toIdempotencyError(serverError(2628, "String would be truncated: 'secret'"));
  expect(error).toMatchObject({ code: 'IDEM_STORE_FAILED', retryable: false });
  expect(error.message).toContain('2628');
  expect(error.message).not.toContain('secret');
});
