import { type IdempotencyErrorCode, isIdempotencyError } from '@idem/core';
import { expect } from 'vitest';

/** The error that the promise rejects with, which carries this code. */
export async function rejection(
  promise: Promise<unknown>,
  code: IdempotencyErrorCode,
): Promise<{ readonly message: string; readonly retryable: boolean; readonly cause?: unknown }> {
  const error = await promise.then(
    (value) => new Error(`resolved with ${String(value)}`),
    (fault: unknown) => fault,
  );
  if (!isIdempotencyError(error, code)) throw error;
  expect(error.code).toBe(code);
  return error;
}
