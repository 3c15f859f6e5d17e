import { IdempotencyError, isIdempotencyError } from '../contract/errors.ts';
import { show } from '../support/show.ts';

/** `IDEM_IN_PROGRESS`: another call is executing under this key. */
export class InProgressError extends IdempotencyError {
  declare readonly code: 'IDEM_IN_PROGRESS';
  /** Whole milliseconds, at least 1, until the holder's lease ends unless it is renewed. */
  readonly leaseRemaining: number;

  constructor(key: string, leaseRemaining: number) {
    const message =
      `The idempotency key ${show(key)} is in progress: another call is executing, and its lease ` +
      `ends in ${leaseRemaining} ms unless it is renewed. Try again later, or pass \`wait\`.`;
    super('IDEM_IN_PROGRESS', message, { retryable: true, key });
    this.leaseRemaining = leaseRemaining;
  }
}

/** `IDEM_NOT_RECORDED`: the function succeeded, and its result could not be recorded. */
export class NotRecordedError extends IdempotencyError {
  declare readonly code: 'IDEM_NOT_RECORDED';
  /** What the function returned, in the form in which it would have been replayed. */
  readonly value: unknown;

  constructor(key: string, value: unknown, cause: unknown) {
    const message =
      `The function for the idempotency key ${show(key)} succeeded, but the store did not confirm its ` +
      'record in time. A retry may execute again, told so by `takeover`; the result is in ' +
      '`error.value`.';
    super('IDEM_NOT_RECORDED', message, { cause, key });
    this.value = value;
  }
}

export function keyReused(key: string): IdempotencyError {
  return new IdempotencyError(
    'IDEM_KEY_REUSED',
    `The idempotency key ${show(key)} was used before with another fingerprint. ` +
      'Repeat the first request unchanged, or use a new key for a new request.',
    { key },
  );
}

const LOSSES = {
  'renewal-refused': 'the store no longer holds this claim',
  'lease-ended': 'the lease ended before it could be renewed',
  'completion-refused': 'another claim had replaced this one when the result was to be recorded',
} as const;

/** Why a claim was lost. */
export type LossReason = keyof typeof LOSSES;

export function leaseLost(key: string, reason: LossReason): IdempotencyError {
  return new IdempotencyError(
    'IDEM_LEASE_LOST',
    `The lease on the idempotency key ${show(key)} was lost: ${LOSSES[reason]}. Nothing was recorded ` +
      'by this call; a retry gets the result of whoever took over, or executes with `takeover`.',
    { retryable: true, key },
  );
}

/** The store did not answer while the lease of the question lasted. */
export function storeLate(key: string, operation: string): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_TIMEOUT',
    `The store did not answer the ${operation} for ${show(key)} in time; whether it acted is not known. ` +
      'Try again, or give a longer lease.',
    { retryable: true, key },
  );
}

/** A refusal of the executor's, with the key that it is about; as it was where that is not known. */
export function withKey(error: unknown, key: string | undefined): unknown {
  if (key === undefined || !isIdempotencyError(error) || error.key !== undefined) return error;
  return Object.assign(error, { key });
}
