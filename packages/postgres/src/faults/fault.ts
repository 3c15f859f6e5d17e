import { IdempotencyError, isIdempotencyError } from '@idem/core';
import { type Faults, Raced } from '@idem/core/sql';
import { driverErrors, driverTexts } from './driver-errors.ts';
import { errorClasses, type FaultMeaning, serverErrors } from './server-errors.ts';

const UNKNOWN: FaultMeaning = {
  transient: false,
  code: 'IDEM_STORE_FAILED',
  reason: 'the server reported an error that the store does not know; its cause says which',
};

const RACED: FaultMeaning = {
  transient: true,
  code: 'IDEM_STORE_BUSY',
  reason: 'other callers changed the record again and again; try again',
};

/** Where libraries put the error of the driver below them. */
const INNER = [
  ...['cause', 'original', 'parent', 'driverError', 'originalError'],
  // Of Prisma, one in the other.
  ...['meta', 'driverAdapterError'],
] as const;

/** Where the code stands; in the second, Prisma’s adapters keep it where they have a word of their own. */
const CODES = ['code', 'originalCode'] as const;
const DEEPEST = 8;

/** Five characters, as `EPIPE` has too, and Prisma's own codes, which begin with P1 and more. */
const SQLSTATE = /^(?!P[1-9])[0-9A-Z]{5}$/;

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
  const state = sqlStateOf(error);
  const which = state === undefined ? '' : ` (SQLSTATE ${state})`;
  return new IdempotencyError(code, `The PostgreSQL store failed${which}: ${reason}.`, {
    cause: error,
    retryable: transient,
  });
}

/** For the runner. */
export const faults: Faults = { isTransient, toIdempotencyError };

/** The five characters by which the server tells its errors, from whichever library the error came. */
export function sqlStateOf(error: unknown): string | undefined {
  for (const each of chain(error)) {
    for (const name of CODES) {
      const code: unknown = Reflect.get(each, name);
      if (typeof code === 'string' && SQLSTATE.test(code) && !driverErrors.has(code)) return code;
    }
  }
  return undefined;
}

function meaningOf(error: unknown): FaultMeaning {
  if (error instanceof Raced) return RACED;
  const state = sqlStateOf(error);
  if (state !== undefined) {
    return serverErrors.get(state) ?? errorClasses.get(state.slice(0, 2)) ?? UNKNOWN;
  }
  for (const each of chain(error)) {
    const meaning = driverErrors.get(String(Reflect.get(each, 'code')));
    if (meaning !== undefined) return meaning;
  }
  for (const each of chain(error)) {
    const text = String(Reflect.get(each, 'message') ?? '');
    const known = driverTexts.find(([pattern]) => pattern.test(text));
    if (known !== undefined) return known[1];
  }
  return UNKNOWN;
}

/** An error and those in it, from outside in; Node.js puts the addresses that it tried in an AggregateError. */
function chain(error: unknown, depth = 0): object[] {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return [];
  const inner = INNER.flatMap((name) => chain(Reflect.get(error, name), depth + 1));
  const several = error instanceof AggregateError ? error.errors : [];
  return [error, ...inner, ...several.flatMap((each) => chain(each, depth + 1))];
}
