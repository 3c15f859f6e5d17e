import {
  IdempotencyError,
  type IdempotencyErrorCode,
  isIdempotencyError,
} from '../../contract/errors.ts';
import { type EncodedRecord, encodeError, encodeValue } from '../../results/record.ts';
import { type Backoff, backoffDelay } from '../../time/backoff.ts';
import { startTimer } from '../../time/timers.ts';
import { publish } from '../diagnostics.ts';
import { NotRecordedError } from '../executor-errors.ts';
import type { Execution, Outcome } from './execution.ts';
import { giveUp } from './give-up.ts';
import type { HeldLease } from './held-lease.ts';

const BACKOFF: Backoff = { first: 25, longest: 2_000 };

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
export async function recordValue(execution: Execution, value: unknown): Promise<Outcome> {
  const { codec } = execution.config;
  let record: EncodedRecord;
  try {
    record = await encodeValue(codec, execution.recordKey, value);
  } catch (refusal) {
    return recordError(execution, refusal);
  }
  return complete(execution, record);
}

/**
 * Records an error as the result. When not even that can be encoded, the claim is left to lapse
 * rather than released, so that the next execution is told of the takeover.
 */
export async function recordError(execution: Execution, error: unknown): Promise<Outcome> {
  const { codec } = execution.config;
  let record: EncodedRecord;
  try {
    record = await encodeError(codec, execution.recordKey, error);
  } catch (refusal) {
    if (isIdempotencyError(error, 'IDEM_RESULT_UNENCODABLE')) return { kind: 'failed', error };
    return recordError(execution, refusal);
  }
  return complete(execution, record);
}

/** The function threw: its error is recorded, where the policy says so, or the key given up. */
export async function afterThrow(execution: Execution, error: unknown): Promise<Outcome> {
  const { recordKey: key, config } = execution;
  publish('idem:failed', () => ({ key, stage: 'function', error }));
  if (isRecorded(config.recordErrors, error)) return recordError(execution, error);
  await release(execution);
  return { kind: 'failed', error };
}

/** Gives the claim up. A failure is published, never thrown: the lease ends by itself. */
export async function release(
  execution: Execution,
  lease: HeldLease = execution.lease,
): Promise<void> {
  const { recordKey: key, config, token, takeover } = execution;
  try {
    await lease.race(giveUp(config.store, key, token, takeover), late);
  } catch (error) {
    publish('idem:failed', () => ({ key, stage: 'release', error }));
  }
}

/** Completes, again and again while the store fails and the lease lasts. */
export async function complete(execution: Execution, record: EncodedRecord): Promise<Outcome> {
  const { recordKey: key, config, token } = execution;
  const { store, ttl } = config;
  const started = performance.now();
  try {
    const held = await retryUntilLost(execution.lease, () =>
      store.complete(key, token, record.bytes, ttl),
    );
    if (!held) return execution.loss('completion-refused');
  } catch (error) {
    return notRecorded(execution, record, error);
  }
  return recorded(execution, record, performance.now() - started);
}

export function recorded(
  execution: Execution,
  record: EncodedRecord,
  completionTime: number,
): Outcome {
  const { recordKey: key, fence, executionTime } = execution;
  const { kind } = record.reading;
  const bytes = record.bytes.byteLength;
  publish('idem:completed', () => ({ key, fence, kind, bytes, executionTime, completionTime }));
  return { kind: 'recorded', record };
}

/** A value that could not be recorded is handed on in an error; an error is thrown as it is. */
export function notRecorded(execution: Execution, record: EncodedRecord, cause: unknown): Outcome {
  const { recordKey: key } = execution;
  publish('idem:failed', () => ({ key, stage: 'complete', error: cause }));
  const { reading } = record;
  if (reading.kind === 'error') return { kind: 'failed', error: reading.error };
  return { kind: 'failed', error: new NotRecordedError(key, reading.value, cause) };
}

/** Repeats an operation while the store fails, until the lease ends; rejects with the last fault then. */
export async function retryUntilLost<T>(lease: HeldLease, attempt: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await lease.race(attempt(), late);
    } catch (error) {
      if (lease.lost.opened || isHopeless(error)) throw error;
      await pauseUntilLost(lease, backoffDelay(BACKOFF, failures, Math.random));
      if (lease.lost.opened) throw error;
    }
  }
}

function pauseUntilLost(lease: HeldLease, delay: number): Promise<void> {
  return new Promise((resolve) => {
    const cancel = startTimer(delay, true, () => {
      stop();
      resolve();
    });
    const stop = lease.lost.listen(() => {
      cancel();
      resolve();
    });
  });
}

function isHopeless(error: unknown): boolean {
  return isIdempotencyError(error) && HOPELESS.has(error.code);
}

function late(): IdempotencyError {
  const message = 'The store did not answer before the lease ended; whether it acted is not known.';
  return new IdempotencyError('IDEM_STORE_TIMEOUT', message, { retryable: true });
}

function isRecorded(policy: (error: unknown) => boolean, error: unknown): boolean {
  try {
    return policy(error);
  } catch {
    return false;
  }
}
