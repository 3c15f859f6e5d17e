import { checkConfirmation } from '../../contract/check-answers.ts';
import { type EncodedRecord, readRecord } from '../../results/record.ts';
import { backoffDelay } from '../../time/backoff.ts';
import { completed, failed } from '../diagnostics.ts';
import type { Answer, Attempt } from '../run/attempt.ts';
import type { Outcome } from '../run/outcome.ts';
import {
  BACKOFF,
  holdBack,
  notRecorded,
  pauseWhileHeld,
  publishCompleted,
} from '../run/recording.ts';
import { isHopeless } from '../run/store-errors.ts';

/**
 * Asks the store what became of the claim, by claiming again with its token: it waits for a
 * transaction that still holds the record. Acquired: the key is ours, and nothing is recorded. It
 * asks for one lease at most.
 */
export async function askAgain(attempt: Attempt): Promise<Answer> {
  const { config, lease } = attempt.call;
  const { timers, runtime } = config;
  const until = timers.now() + lease;
  for (let failures = 1; ; failures++) {
    attempt.lease.restart();
    const answer = await new Promise<Answer>((answered) => attempt.claim(answered));
    if (answer.outcome !== 'failed' || isHopeless(answer.error)) return answer;
    const left = until - timers.now();
    if (left <= 0) return answer;
    await timers.pause(
      Math.min(
        left,
        Math.max(1, attempt.lease.untilHeldBack),
        backoffDelay(BACKOFF, failures, () => runtime.random()),
      ),
    );
  }
}

/** Asks, and lets the caller wait for no longer than an answer may be held back. */
export function askWhileHeldBack(attempt: Attempt, record: EncodedRecord): Promise<Answer> {
  const { timers, recordTimeout } = attempt.call.config;
  holdBack(attempt, record, 'claim');
  attempt.lease.holdBack(timers.now() + recordTimeout);
  return askAgain(attempt);
}

/** The transaction failed with the record in it: the commit may have taken effect. The store tells. */
export async function afterUnknownCommit(
  attempt: Attempt,
  record: EncodedRecord,
  error: unknown,
): Promise<Outcome> {
  const { recordKey: key } = attempt.call;
  if (failed.hasSubscribers) failed.publish({ key, stage: 'commit', error });
  return decide(attempt, record, await askWhileHeldBack(attempt, record), error);
}

/** What the store's answer makes of an execution whose commit nobody confirmed. */
export async function decide(
  attempt: Attempt,
  record: EncodedRecord,
  answer: Answer,
  error: unknown,
): Promise<Outcome> {
  switch (answer.outcome) {
    case 'acquired':
      // Held still, so nothing was committed.
      await attempt.release();
      return { kind: 'failed', error };
    case 'completed':
      return completedBy(attempt, record, answer.value);
    case 'failed':
      return notRecorded(attempt, record, answer.error);
    default:
      return attempt.lose('completion-refused');
  }
}

/** There is a record. It is ours if completing it again is confirmed. */
async function completedBy(
  attempt: Attempt,
  record: EncodedRecord,
  bytes: Uint8Array,
): Promise<Outcome> {
  const { config, recordKey: key, ttl } = attempt.call;
  const startedAt = config.timers.now();
  let failure: unknown;
  attempt.lease.restart();
  for (let failures = 0; failures === 0 || (await pauseWhileHeld(attempt, failures)); failures++) {
    try {
      const asked = config.store.complete(key, attempt.token, bytes, ttl);
      const ours = await attempt.whileHeld(asked, 'completion');
      checkConfirmation(ours, key);
      if (!ours) return attempt.lose('completion-refused');
      const theirs = await asRecorded(attempt, record, bytes);
      if (completed.hasSubscribers) publishCompleted(attempt, theirs, startedAt);
      return { kind: 'recorded', record: theirs };
    } catch (error) {
      failure = error;
      if (isHopeless(error)) break;
    }
  }
  return notRecorded(attempt, record, failure);
}

/** An earlier turn may have been the one that was committed: its result is what replays get. */
async function asRecorded(
  attempt: Attempt,
  record: EncodedRecord,
  bytes: Uint8Array,
): Promise<EncodedRecord> {
  if (Buffer.from(bytes).equals(record.bytes)) return record;
  const { config, recordKey } = attempt.call;
  return { bytes, reading: await readRecord(config.codec, recordKey, bytes) };
}
