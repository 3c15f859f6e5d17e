import { readFile } from 'node:fs/promises';
import { runInNewContext } from 'node:vm';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  IDEMPOTENCY_ERROR_CODES,
  IdempotencyError,
  InProgressError,
  isIdempotencyError,
  NotRecordedError,
} from '../../src/index.ts';

test('docs/errors.md explains exactly the codes there are, each once', async () => {
  const page = await readFile(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
  const explained = [...page.matchAll(/^\| `(IDEM_\w+)`/gm)].map(([, code]) => code);
  expect(explained.toSorted()).toEqual([...IDEMPOTENCY_ERROR_CODES].toSorted());
});

describe('an error is recognised by its code', () => {
  test('from another copy of the library, and from another realm', () => {
    class IdempotencyErrorOfAnotherCopy extends Error {
      code = 'IDEM_STORE_FULL';
    }
    const foreign: unknown = runInNewContext(
      "Object.assign(new Error(), { code: 'IDEM_STORE_FULL' })",
    );
    for (const error of [new IdempotencyErrorOfAnotherCopy(), foreign]) {
      expect(isIdempotencyError(error)).toBe(true);
      expect(isIdempotencyError(error, 'IDEM_STORE_FULL')).toBe(true);
      expect(isIdempotencyError(error, 'IDEM_IN_PROGRESS')).toBe(false);
    }
  });

  test('and what is none is not', () => {
    const others = [
      new Error('x'),
      { code: 'IDEM_STORE_FULL' },
      'IDEM_STORE_FULL',
      null,
      undefined,
    ];
    for (const other of others) expect(isIdempotencyError(other)).toBe(false);
    expect(isIdempotencyError(Object.assign(new Error(), { code: 'ECONNRESET' }))).toBe(false);
    expect(isIdempotencyError(Object.assign(new Error(), { code: 7 }))).toBe(false);
  });

  test('and its details are typed by it', () => {
    const error: unknown = new InProgressError('k', 250);
    if (!isIdempotencyError(error, 'IDEM_IN_PROGRESS')) throw error;
    expectTypeOf(error.leaseRemaining).toEqualTypeOf<number>();
    expect(error.leaseRemaining).toBe(250);
    const other: unknown = new NotRecordedError('k', { charge: 1 }, undefined);
    if (!isIdempotencyError(other, 'IDEM_NOT_RECORDED')) throw other;
    expectTypeOf(other.value).toEqualTypeOf<unknown>();
    expect(other.value).toEqual({ charge: 1 });
  });
});

test('an error says which record it is about, where there is one', () => {
  const error = new IdempotencyError('IDEM_KEY_REUSED', 'reused', { key: '@acme/k' });
  expectTypeOf(error.key).toEqualTypeOf<string | undefined>();
  expect(error.key).toBe('@acme/k');
  expect('key' in new IdempotencyError('IDEM_STORE_CLOSED', 'closed')).toBe(false);
  expect('key' in new IdempotencyError('IDEM_STORE_CLOSED', 'closed', { key: undefined })).toBe(
    false,
  );
});

test('an error says its name, its cause and whether the call may be repeated', () => {
  const cause = new Error('ECONNREFUSED');
  const error = new IdempotencyError('IDEM_STORE_UNAVAILABLE', 'gone', { cause, retryable: true });
  expect(error).toMatchObject({ name: 'IdempotencyError', cause, retryable: true });
  expect(new IdempotencyError('IDEM_STORE_CLOSED', 'closed').retryable).toBe(false);
  expect('cause' in new IdempotencyError('IDEM_STORE_CLOSED', 'closed')).toBe(false);
});
