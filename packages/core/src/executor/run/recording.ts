import { checkConfirmation } from '../../contract/check-answers.ts';
import { isIdempotencyError } from '../../contract/errors.ts';
import { type EncodedRecord, encodeError, encodeValue } from '../../results/record.ts';
import { type Backoff, backoffDelay } from '../../time/backoff.ts';
import * as events from '../diagnostics.ts';
import { NotRecordedError, storeLate } from '../errors.ts';
import type { Attempt } from './attempt.ts';
import type { Outcome } from './outcome.ts';
import { isHopeless } from './store-errors.ts';

export const BACKOFF: Backoff = { first: 25, longest: 2_000 };

/** Records what the function returned; when it cannot be encoded, that refusal, so that no retry executes it again. */
export function recordValue(
  attempt: Attempt,
  value: unknown,
  ended: (outcome: Outcome) => void,
): void {
  const { codec, recordKey, recordResult, ttl } = attempt.call;
  if (recordResult !== undefined && !decide(recordResult, value, true, recordKey)) {
    keepNothing(attempt, value).then(ended);
    return;
  }
  let encoded: EncodedRecord | Promise<EncodedRecord>;
  try {
    encoded = encodeValue(codec, recordKey, value);
  } catch (refusal) {
    recordError(attempt, refusal, ttl).then(ended);
    return;
  }
  if (encoded instanceof Promise) completeOnceEncoded(attempt, value, encoded).then(ended);
  else complete(attempt, encoded, ttl, ended);
}

/** A codec may take its time, but no longer than the lease; the caller then gets the value as it was returned. */
async function completeOnceEncoded(
  attempt: Attempt,
  value: unknown,
  encoded: Promise<EncodedRecord>,
): Promise<Outcome> {
  const { ttl } = attempt.call;
  const asReturned: EncodedRecord = { bytes: new Uint8Array(), reading: { kind: 'value', value } };
  holdBack(attempt, asReturned, 'completion');
  let record: EncodedRecord;
  try {
    record = await attempt.whileHeld(encoded, 'completion');
  } catch (error) {
    if (attempt.lease.lost) return notRecorded(attempt, asReturned, error);
    return recordError(attempt, error, ttl);
  }
  return completed(attempt, record, ttl);
}

async function keepNothing(attempt: Attempt, value: unknown): Promise<Outcome> {
  await attempt.release();
  return { kind: 'not-kept', value };
}

/** The function threw: its error is recorded, where the policy says so, or the claim released. */
export async function recordThrow(attempt: Attempt, error: unknown): Promise<Outcome> {
  const { config, recordKey: key } = attempt.call;
  const { recordErrors } = config;
  if (events.failed.hasSubscribers) events.failed.publish({ key, stage: 'function', error });
  if (recordErrors !== undefined && decide(recordErrors, error, false, key)) {
    return recordError(attempt, error, attempt.call.errorTtl);
  }
  await attempt.release();
  return { kind: 'failed', error };
}

/**
 * Records an error as the result, for as long as is said: the refusal of a value stands for a success,
 * and is kept as long as that would be. When not even that can be encoded, the claim is left to lapse
 * rather than released, so that the next execution is told of the takeover.
 */
async function recordError(attempt: Attempt, error: unknown, ttl: number): Promise<Outcome> {
  const { config, recordKey } = attempt.call;
  let record: EncodedRecord;
  try {
    record = await encodeError(config.codec, recordKey, error);
  } catch (refusal) {
    if (isIdempotencyError(error, 'IDEM_RESULT_UNENCODABLE')) return { kind: 'failed', error };
    return recordError(attempt, refusal, ttl);
  }
  return completed(attempt, record, ttl);
}

function completed(attempt: Attempt, record: EncodedRecord, ttl: number): Promise<Outcome> {
  return new Promise((resolve) => complete(attempt, record, ttl, resolve));
}

/** Completes, again and again while the store fails and the lease lasts. */
function complete(
  attempt: Attempt,
  record: EncodedRecord,
  ttl: number,
  ended: (outcome: Outcome) => void,
): void {
  const { timers } = attempt.call.config;
  const startedAt = events.completed.hasSubscribers ? timers.now() : 0;
  holdBack(attempt, record, 'completion');
  tryToComplete(attempt, record, ttl, startedAt, 1, ended);
}

function tryToComplete(
  attempt: Attempt,
  record: EncodedRecord,
  ttl: number,
  startedAt: number,
  attempts: number,
  ended: (outcome: Outcome) => void,
): void {
  const { config, recordKey: key } = attempt.call;
  const failed = async (error: unknown): Promise<void> => {
    if (!isHopeless(error) && (await pauseWhileHeld(attempt, attempts))) {
      tryToComplete(attempt, record, ttl, startedAt, attempts + 1, ended);
    } else {
      ended(notRecorded(attempt, record, error));
    }
  };
  const answered = (held: unknown): void => {
    try {
      checkConfirmation(held, key);
    } catch (error) {
      void failed(error);
      return;
    }
    if (held && events.completed.hasSubscribers) publishCompleted(attempt, record, startedAt);
    ended(held ? { kind: 'recorded', record } : attempt.lose('completion-refused'));
  };
  try {
    const asked = config.store.complete(key, attempt.token, record.bytes, ttl);
    attempt.whenHeld(asked, 'completion', answered, failed);
  } catch (error) {
    void failed(error);
  }
}

/** What the caller is answered in any case, once it has been held back for long enough; recording goes on. */
export function holdBack(attempt: Attempt, record: EncodedRecord, operation: string): void {
  const { recordKey } = attempt.call;
  attempt.heldBack = () => handedOver(recordKey, record, storeLate(recordKey, operation));
}

export function publishCompleted(attempt: Attempt, record: EncodedRecord, startedAt: number): void {
  const { config, recordKey: key } = attempt.call;
  const { fence, executionTime } = attempt;
  const { kind } = record.reading;
  const bytes = record.bytes.byteLength;
  const completionTime = config.timers.now() - startedAt;
  events.completed.publish({ key, fence, kind, bytes, executionTime, completionTime });
}

/** It is not in the store, as far as anybody knows. */
export function notRecorded(attempt: Attempt, record: EncodedRecord, error: unknown): Outcome {
  const { recordKey: key } = attempt.call;
  if (events.failed.hasSubscribers) events.failed.publish({ key, stage: 'complete', error });
  return handedOver(key, record, error);
}

/** A value that could not be recorded is handed on in an error; an error is thrown as it is. */
function handedOver(key: string, { reading }: EncodedRecord, cause: unknown): Outcome {
  if (reading.kind === 'error') return { kind: 'failed', error: reading.error };
  return { kind: 'failed', error: new NotRecordedError(key, reading.value, cause) };
}

/** Before the store is asked once more. False when the lease is over by then. */
export async function pauseWhileHeld(attempt: Attempt, failures: number): Promise<boolean> {
  const { timers, runtime } = attempt.call.config;
  if (attempt.lease.isOver) return false;
  const delay = backoffDelay(BACKOFF, failures, () => runtime.random());
  await timers.pause(Math.min(delay, attempt.lease.remaining));
  return !attempt.lease.isOver;
}

/** What a policy says; where it throws, or says neither yes nor no, what counts without it. */
function decide(
  policy: (given: unknown) => boolean,
  given: unknown,
  otherwise: boolean,
  key: string,
): boolean {
  try {
    const answer: unknown = policy(given);
    if (typeof answer === 'boolean') return answer;
    // A promise may reject later, and nobody would listen.
    void Promise.resolve(answer).catch(() => {});
    throw new TypeError('recordResult and recordErrors must answer true or false at once.');
  } catch (error) {
    if (events.failed.hasSubscribers) events.failed.publish({ key, stage: 'policy', error });
    return otherwise;
  }
}
