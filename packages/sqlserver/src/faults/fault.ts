import { IdempotencyError, isIdempotencyError } from '@idem/core';
import { type Faults, Raced } from '@idem/core/sql';
import { certificateFault } from './certificate-errors.ts';
import { driverErrors, POOL_EXHAUSTED } from './driver-errors.ts';
import { numberOf } from './error-number.ts';
import {
  BABELFISH_UNNUMBERED,
  babelfishErrors,
  type FaultMeaning,
  LOGIN_REFUSED_FOR_A_WHILE,
  passingLogin,
  serverErrors,
} from './server-errors.ts';

const RACED: FaultMeaning = {
  transient: true,
  code: 'IDEM_STORE_BUSY',
  reason: 'other callers changed the record each time; try again',
};

const UNKNOWN: FaultMeaning = {
  transient: false,
  code: 'IDEM_STORE_FAILED',
  reason: 'the server reported an error that the store does not know; its cause says which',
};

/** True for a fault after which the same operation may be sent again. */
export function isTransient(error: unknown): boolean {
  if (isIdempotencyError(error)) return error.retryable;
  return meaningOf(error).transient;
}

/** True for a fault that another connection may not meet. */
export function isElsewhere(error: unknown): boolean {
  return !isIdempotencyError(error) && meaningOf(error).elsewhere === true;
}

/** What the caller gets: never the server's own text, which can repeat a value. */
export function toIdempotencyError(error: unknown): IdempotencyError {
  if (isIdempotencyError(error)) return error;
  const { code, reason, transient } = meaningOf(error);
  const number = numberOf(error);
  const which = number === undefined ? '' : ` (error ${number})`;
  return new IdempotencyError(code, `The SQL Server store failed${which}: ${reason}.`, {
    cause: error,
    retryable: transient,
  });
}

function meaningOf(error: unknown): FaultMeaning {
  if (error instanceof Raced) return RACED;
  // Kysely rejects with a list where tedious has several errors; the first that is known decides.
  if (Array.isArray(error)) return firstKnown(error);
  if (error instanceof AggregateError) return firstKnown(error.errors);
  if (!(error instanceof Error)) return UNKNOWN;
  if (isPoolTimeout(error)) return POOL_EXHAUSTED;
  const number = numberOf(error);
  if (number === BABELFISH_UNNUMBERED) {
    return babelfishErrors.find(([text]) => text.test(error.message))?.[1] ?? UNKNOWN;
  }
  if (number === undefined && isPassingLogin(error)) return LOGIN_REFUSED_FOR_A_WHILE;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    (number === undefined ? undefined : serverErrors.get(number)) ??
    certificateFault(error) ??
    driverErrors.get(code) ??
    UNKNOWN
  );
}

/**
 * tarn gives its errors no name of their own. By that of their class: tarn need not be installed, and a
 * pool that is not ours may be of another copy of it.
 */
function isPoolTimeout(error: Error): boolean {
  return error.constructor.name === 'TimeoutError';
}

function isPassingLogin(error: Error): boolean {
  return 'code' in error && error.code === 'ELOGIN' && passingLogin.test(error.message);
}

function firstKnown(errors: readonly unknown[]): FaultMeaning {
  return errors.map(meaningOf).find((meaning) => meaning !== UNKNOWN) ?? UNKNOWN;
}

/** For the runner. */
export const faults: Faults = { isTransient, toIdempotencyError };
