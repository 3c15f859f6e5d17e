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
