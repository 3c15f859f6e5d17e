import { isIdempotencyError } from '@idem/core';
import { problemOf, seconds } from '../problems/catalogue.ts';
import type { Problem } from '../problems/problem.ts';

/** Where the store's trouble has no end that is known. */
const RETRY_SOON = 1;

const UNREADABLE = [
  'IDEM_RECORD_CORRUPT',
  'IDEM_RESULT_UNDECODABLE',
  'IDEM_RESULT_UNENCODABLE',
] as const;

/** The problem that an error of the executor or its store is to a client. What it says inside stays inside. */
export function problemFor(error: unknown, instance: string): Problem {
  if (isIdempotencyError(error, 'IDEM_IN_PROGRESS')) {
    return problemOf('in-progress', {
      detail:
        'A request with the same Idempotency-Key is being executed. Try again later with the same key, or ' +
        'ask to wait for its answer with Prefer: wait=n.',
      instance,
      retryAfter: seconds(error.leaseRemaining),
    });
  }
  if (isIdempotencyError(error, 'IDEM_KEY_REUSED')) {
    return problemOf('key-reused', {
      detail:
        'This Idempotency-Key was used for another request. Repeat the first request unchanged, or use ' +
        'a new key for a new request.',
      instance,
    });
  }
  if (isIdempotencyError(error, 'IDEM_INVALID_KEY')) {
    const detail = 'The Idempotency-Key is too long together with what else tells requests apart.';
    return problemOf('key-invalid', { detail, instance });
  }
  if (isIdempotencyError(error, 'IDEM_LEASE_LOST')) {
    return problemOf('execution-lost', {
      detail:
        'The request was executed for longer than its key could be held. Repeat it with the same key: ' +
        'the answer is that of whoever has taken over.',
      instance,
      retryAfter: RETRY_SOON,
    });
  }
  if (UNREADABLE.some((code) => isIdempotencyError(error, code))) return unreadable(instance);
  return problemOf('store-unavailable', {
    detail: 'Nothing was executed. Repeat the request with the same key.',
    instance,
    retryAfter: RETRY_SOON,
  });
}

export function unreadable(instance: string): Problem {
  const detail =
    'Nothing was executed. Whether an earlier request with this key was, only the operator can find out.';
  return problemOf('record-unreadable', { detail, instance });
}

export function notKept(status: number, instance: string): Problem {
  return problemOf('answer-not-kept', {
    detail:
      `A request with this Idempotency-Key was executed and answered with ${status}. That answer was too ` +
      'long, or had no end, and was not kept. Nothing was executed again.',
    instance,
    outcome: { status },
  });
}

/** Trouble of the server's own, which its operator should hear of. */
export function isOperational({ status }: Problem): boolean {
  return status >= 500;
}
