import { checkConfirmation } from '../../contract/check-answers.ts';
import { type IdempotencyErrorCode, isIdempotencyError } from '../../contract/errors.ts';
import { type EncodedRecord, encodeError, encodeValue } from '../../results/record.ts';
import { type Backoff, backoffDelay } from '../../time/backoff.ts';
import type { Cancel } from '../../time/timers.ts';
import { publish } from '../diagnostics.ts';
import { NotRecordedError, storeLate } from '../errors.ts';
import type { Attempt } from './attempt.ts';
import { failed, type Outcome } from './outcome.ts';

export const BACKOFF: Backoff = { first: 25, longest: 2_000 };

/** No repetition can cure these. */
const HOPELESS: ReadonlySet<IdempotencyErrorCode> = new Set<IdempotencyErrorCode>([
  'IDEM_INVALID_KEY',
  'IDEM_INVALID_VALUE',
  'IDEM_INVALID_TTL',
  'IDEM_INVALID_TOKEN',
  'IDEM_STORE_CLOSED',
  'IDEM_RECORD_CORRUPT',
]);

/** Records what the function returned; when it cannot be encoded, that refusal, so that no retry executes it again. */
export async function recordValue(attempt: Attempt, value: unknown): Promise<Outcome> {
  const { config, recordKey, ttl } = attempt.call;
  if (!decide(config.recordResult, value, true, recordKey)) {
    await attempt.release();
    return { kind: 'not-kept', value };
  }
  let record: EncodedRecord;
  try {
    const encoded = encodeValue(config.codec, recordKey, value);
    record = encoded instanceof Promise ? await encoded : encoded;
  } catch (refusal) {
    return recordError(attempt, refusal);
  }
  return complete(attempt, record, ttl);
}

/** The function threw: its error is recorded, where the policy says so, or the claim released. */
export async function recordThrow(attempt: Attempt, error: unknown): Promise<Outcome> {
  const { config, recordKey: key } = attempt.call;
  publish('idem:failed', () => ({ key, stage: 'function', error }));
  if (decide(config.recordErrors, error, false, key)) return recordError(attempt, error);
  await attempt.release();
  return failed(error);
}

/**
 * Records an error as the result. When not even that can be encoded, the claim is left to lapse
 * rather than released, so that the next execution is told of the takeover.
 */
async function recordError(attempt: Attempt, error: unknown): Promise<Outcome> {
  const { config, recordKey, errorTtl } = attempt.call;
  let record: EncodedRecord;
  try {
    record = await encodeError(config.codec, recordKey, error);
  } catch (refusal) {
    if (isIdempotencyError(error, 'IDEM_RESULT_UNENCODABLE')) return failed(error);
    return recordError(attempt, refusal);
  }
  return complete(attempt, record, errorTtl);
}

/** Completes, again and again while the store fails and the lease lasts. */
async function complete(attempt: Attempt, record: EncodedRecord, ttl: number): Promise<Outcome> {
  const { config, recordKey: key } = attempt.call;
  const startedAt = config.timers.now();
  const late = (): Error => storeLate(key, 'completion');
  const cancel = holdBack(attempt, record, late);
  let failure: unknown;
  for (let failures = 0; failures === 0 || (await pauseWhileHeld(attempt, failures)); failures++) {
    try {
      const completed = config.store.complete(key, attempt.token, record.bytes, ttl);
      const held = await attempt.lease.race(completed, late);
      checkConfirmation(held);
      cancel();
      return held ? recorded(attempt, record, startedAt) : attempt.lose('completion-refused');
    } catch (error) {
      failure = error;
      if (isHopeless(error)) break;
    }
  }
  cancel();
  return notRecorded(attempt, record, failure);
}

/** The caller is answered in any case when it has been held back for long enough; recording goes on. */
export function holdBack(attempt: Attempt, record: EncodedRecord, late: () => Error): Cancel {
  const { config, recordKey } = attempt.call;
  return config.timers.start(config.recordTimeout, false, () =>
    attempt.answerCall(handedOver(recordKey, record, late())),
  );
}

/** It is in the store. */
export function recorded(attempt: Attempt, record: EncodedRecord, startedAt: number): Outcome {
  const { config, recordKey: key } = attempt.call;
  const { fence, executionTime } = attempt;
  const { kind } = record.reading;
  const bytes = record.bytes.byteLength;
  const completionTime = config.timers.now() - startedAt;
  publish('idem:completed', () => ({ key, fence, kind, bytes, executionTime, completionTime }));
  return { kind: 'recorded', record };
}

/** It is not in the store, as far as anybody knows. */
export function notRecorded(attempt: Attempt, record: EncodedRecord, cause: unknown): Outcome {
  const { recordKey: key } = attempt.call;
  publish('idem:failed', () => ({ key, stage: 'complete', error: cause }));
  return handedOver(key, record, cause);
}

/** A value that could not be recorded is handed on in an error; an error is thrown as it is. */
function handedOver(key: string, { reading }: EncodedRecord, cause: unknown): Outcome {
  if (reading.kind === 'error') return failed(reading.error);
  return failed(new NotRecordedError(key, reading.value, cause));
}

/** Before the store is asked once more. False when the lease is over by then. */
export async function pauseWhileHeld(attempt: Attempt, failures: number): Promise<boolean> {
  const { timers, random } = attempt.call.config;
  if (attempt.lease.isOver) return false;
  const delay = backoffDelay(BACKOFF, failures, random);
  await timers.pause(Math.min(delay, attempt.lease.remaining));
  return !attempt.lease.isOver;
}

export function isHopeless(error: unknown): boolean {
  return isIdempotencyError(error) && HOPELESS.has(error.code);
}

/** What a policy says; where it throws, or says neither yes nor no, what counts without it. */
function decide(
  policy: ((given: unknown) => boolean) | undefined,
  given: unknown,
  otherwise: boolean,
  key: string,
): boolean {
  if (policy === undefined) return otherwise;
  try {
    const answer: unknown = policy(given);
    if (typeof answer === 'boolean') return answer;
    // A promise may reject later, and nobody would listen.
    void Promise.resolve(answer).catch(() => {});
    throw new TypeError('recordResult and recordErrors must answer true or false at once.');
  } catch (error) {
    publish('idem:failed', () => ({ key, stage: 'policy', error }));
    return otherwise;
  }
}
