import { IdempotencyError } from '../../contract/errors.ts';
import type { RunTransaction, TransactionalStore } from '../../contract/transactional-store.ts';
import { type EncodedRecord, encodeValue } from '../../results/record.ts';
import { afterThrow, notRecorded, recorded, release, retryUntilLost } from '../run/completion.ts';
import {
  type Effect,
  type Execution,
  type Outcome,
  OVERTAKEN,
  type RunContext,
} from '../run/execution.ts';
import { HeldLease } from '../run/held-lease.ts';

/** How far the work of the transaction got, before the transaction ended. */
type Progress =
  | { readonly step: 'idle' }
  | { readonly step: 'threw'; readonly error: unknown }
  | { readonly step: 'unencodable'; readonly error: unknown }
  /** The function is done; whether its record is in the transaction is not known. */
  | { readonly step: 'completing' }
  | { readonly step: 'overtaken' }
  /** The record is in the transaction: the commit decides. */
  | { readonly step: 'completed'; readonly record: EncodedRecord; readonly at: number };

/** Thrown to roll the transaction back; never seen outside. */
class Rollback extends Error {}

/** Calls the function in a transaction and records what it returned in the same. */
export function callInTransaction<Tx>(
  store: TransactionalStore<Tx>,
  begin: RunTransaction<Tx>,
  fn: (context: RunContext & { readonly tx: Tx }) => unknown,
): Effect {
  return async (execution) => {
    let progress: Progress = { step: 'idle' };
    const report = (next: Progress): void => {
      progress = next;
    };
    try {
      await begin((tx) => workOnce(execution, store, tx, fn, report));
    } catch (error) {
      return afterRollback(execution, progress, error);
    }
    return afterCommit(execution, progress);
  };
}

/** May be called again by a `begin` that repeats after a deadlock: each time the transaction is new. */
async function workOnce<Tx>(
  execution: Execution,
  store: TransactionalStore<Tx>,
  tx: Tx,
  fn: (context: RunContext & { readonly tx: Tx }) => unknown,
  report: (progress: Progress) => void,
): Promise<void> {
  const { recordKey, token, config } = execution;
  report({ step: 'idle' });
  if (execution.outcome !== undefined) throw new Rollback();
  let value: unknown;
  try {
    value = await fn(Object.freeze({ ...execution.context(), tx }));
  } catch (error) {
    report({ step: 'threw', error });
    throw error;
  }
  // A renewal would wait for the row that the transaction is about to lock, and then be refused.
  if (!execution.stopRunning()) {
    report({ step: 'overtaken' });
    throw new Rollback();
  }
  let record: EncodedRecord;
  try {
    record = await encodeValue(config.codec, recordKey, value);
  } catch (error) {
    report({ step: 'unencodable', error });
    throw error;
  }
  report({ step: 'completing' });
  const at = performance.now();
  const bound = store.inTransaction(tx);
  if (!(await bound.complete(recordKey, token, record.bytes, config.ttl))) {
    report({ step: 'overtaken' });
    throw new Rollback();
  }
  report({ step: 'completed', record, at });
}

async function afterCommit(execution: Execution, progress: Progress): Promise<Outcome> {
  if (progress.step === 'completed') {
    return recorded(execution, progress.record, performance.now() - progress.at);
  }
  const message =
    '`begin` resolved although the work did not: it must settle as the work does, and roll back when ' +
    'the work rejects. Whether anything was committed is not known; nothing was recorded.';
  execution.stopRunning();
  return { kind: 'failed', error: new IdempotencyError('IDEM_INVALID_OPTIONS', message) };
}

async function afterRollback(
  execution: Execution,
  progress: Progress,
  error: unknown,
): Promise<Outcome> {
  if (!execution.stopRunning()) return OVERTAKEN;
  switch (progress.step) {
    case 'threw':
      return afterThrow(execution, progress.error);
    case 'overtaken':
      return execution.loss('completion-refused');
    case 'completed':
      return afterUnknownCommit(execution, progress.record, error);
    default:
      // Nothing was recorded in it, so nothing of it was committed.
      await release(execution);
      return { kind: 'failed', error: progress.step === 'unencodable' ? progress.error : error };
  }
}

/**
 * The transaction failed with the record in it: the commit may have taken effect. The claim, asked
 * for again by its own token, tells: it is held still, so nothing was committed; or the record is
 * there, and it is ours if completing it again is confirmed.
 */
async function afterUnknownCommit(
  execution: Execution,
  record: EncodedRecord,
  error: unknown,
): Promise<Outcome> {
  const { recordKey: key, token, config, fingerprint } = execution;
  const { store, lease, ttl } = config;
  const at = performance.now();
  // Its own lease may have ended meanwhile; the claim below would begin this one.
  const held = new HeldLease(config, key, token);
  try {
    const { outcome } = await retryUntilLost(held, () =>
      store.claim(key, { token, lease, fingerprint }),
    );
    if (outcome === 'acquired') {
      await release(execution, held);
      return { kind: 'failed', error };
    }
    const ours =
      outcome === 'completed' &&
      (await retryUntilLost(held, () => store.complete(key, token, record.bytes, ttl)));
    if (!ours) return execution.loss('completion-refused');
  } catch {
    return notRecorded(execution, record, error);
  } finally {
    held.end();
  }
  return recorded(execution, record, performance.now() - at);
}
