import { checkConfirmation, checkHeld } from '../../contract/check-answers.ts';
import { IdempotencyError } from '../../contract/errors.ts';
import type {
  RunTransaction,
  TransactionalStore,
  TransactionBoundStore,
} from '../../contract/transactional-store.ts';
import { type EncodedRecord, encodeValue } from '../../results/record.ts';
import type { Cancel } from '../../time/timers.ts';
import { completed } from '../diagnostics.ts';
import { storeLate } from '../errors.ts';
import type { Attempt } from '../run/attempt.ts';
import type { Work } from '../run/call.ts';
import type { RunContext } from '../run/context.ts';
import type { Outcome } from '../run/outcome.ts';
import { publishCompleted, recordThrow } from '../run/recording.ts';
import { type Progress, Rollback } from './progress.ts';
import { afterUnknownCommit, askAgain, askWhileHeldBack, decide } from './verdict.ts';

type TransactionFunction<Tx> = (context: RunContext & { readonly tx: Tx }) => unknown;

/** Calls the function in a transaction and records what it returned in the same. */
export function callInTransaction<Tx>(
  store: TransactionalStore<Tx>,
  begin: RunTransaction<Tx>,
  fn: TransactionFunction<Tx>,
): Work {
  return (attempt, _, ended) => void new Transaction(attempt, store, fn).run(begin).then(ended);
}

/** What `begin` does with the work of one execution: once, or again after a deadlock or a lost commit. */
class Transaction<Tx> {
  readonly #attempt: Attempt;
  readonly #store: TransactionalStore<Tx>;
  readonly #fn: TransactionFunction<Tx>;
  #progress: Progress = { step: 'idle' };
  #turns = 0;
  /** The transaction of the last turn kept the claim, and with its end nothing does. */
  #wasHeld = false;
  #over = false;
  #cancelGivingUp: Cancel | undefined;

  constructor(attempt: Attempt, store: TransactionalStore<Tx>, fn: TransactionFunction<Tx>) {
    this.#attempt = attempt;
    this.#store = store;
    this.#fn = fn;
  }

  async run(begin: RunTransaction<Tx>): Promise<Outcome> {
    try {
      await this.#whileHeld(() => begin((tx) => this.#begun(tx)));
    } catch (error) {
      this.#over = true;
      return this.#afterRollback(error);
    }
    this.#over = true;
    return this.#afterCommit();
  }

  /**
   * As `begin` settles. The commit decides, however late, but one that hangs is waited for no longer
   * than the lease and what an answer may be held back for.
   */
  #whileHeld(begin: () => Promise<void>): Promise<void> {
    const attempt = this.#attempt;
    const { config, recordKey } = attempt.call;
    const held = new Promise<void>((resolve, reject) => {
      const giveUp = (): void => reject(storeLate(recordKey, 'commit'));
      attempt.leaseEnded = () => {
        this.#cancelGivingUp = config.timers.start(config.recordTimeout, false, giveUp);
      };
      Promise.resolve(begin()).then(resolve, reject);
    });
    return held.finally(() => {
      attempt.leaseEnded = undefined;
      this.#cancelGivingUp?.();
    });
  }

  /** Of a `begin` that forgets its work nobody would hear the rejection: it is told otherwise. */
  #begun(tx: Tx): Promise<void> {
    const turn = this.#turn(tx);
    turn.catch(() => {});
    return turn;
  }

  /** One run of the work, in a transaction of its own. */
  async #turn(tx: Tx): Promise<void> {
    const turn = ++this.#turns;
    // It does not hang: it has begun again.
    this.#cancelGivingUp?.();
    await this.#mayRun();
    const attempt = this.#attempt;
    const bound = this.#bind(tx, turn);
    if (bound.hold !== undefined) await this.#hold(bound, turn);
    let value: unknown;
    try {
      value = await this.#fn(Object.freeze({ ...attempt.context(), tx }));
    } catch (error) {
      if (attempt.outcome !== undefined) attempt.overtaken({ ended: 'threw', error });
      else if (turn === this.#turns) this.#progress = { step: 'threw', error };
      throw error;
    }
    // One that was abandoned, or begun anew beside this one, must not write the record.
    if (this.#over || turn !== this.#turns) throw new Rollback();
    // A renewal would wait for the row that the transaction is about to lock, and then be refused.
    if (!attempt.stopRunning()) {
      attempt.overtaken({ ended: 'returned', value });
      throw new Rollback();
    }
    await this.#complete(bound, turn, await this.#encode(value));
  }

  /**
   * Before the function is called again after its record may have been committed: the key must still
   * be ours and nothing recorded. Otherwise the record decides.
   */
  async #mayRun(): Promise<void> {
    const attempt = this.#attempt;
    if (this.#over || attempt.outcome !== undefined) throw new Rollback();
    const before = this.#progress;
    if (before.step === 'decided' || before.step === 'refused') throw new Rollback();
    // Until the function is done the lease is kept, also between two turns, unless the transaction kept it.
    const kept = before.step === 'threw' && !this.#wasHeld;
    if (before.step !== 'idle' && !kept) await this.#stillOurs(before);
    if (this.#over) throw new Rollback();
    this.#progress = { step: 'running' };
    // What `begin` waited for may have taken longer than the lease, and no timer has said so yet.
    if (attempt.startRunning(attempt.call.config.timers.now())) return;
    attempt.lose('lease-ended');
    throw new Rollback();
  }

  /** The store in this transaction. What is no transaction is refused before the function is called. */
  #bind(tx: Tx, turn: number): TransactionBoundStore {
    try {
      return this.#store.inTransaction(tx);
    } catch (error) {
      if (turn === this.#turns) this.#progress = { step: 'not-completed', error };
      throw error;
    }
  }

  /** Before the function: that the transaction can record, and who keeps the claim while it lasts. */
  async #hold(bound: TransactionBoundStore, turn: number): Promise<void> {
    const attempt = this.#attempt;
    const { recordKey } = attempt.call;
    let held: unknown;
    try {
      held = await bound.hold?.(recordKey, attempt.token, attempt.longest);
      checkHeld(held, recordKey);
    } catch (error) {
      if (turn === this.#turns) this.#progress = { step: 'not-completed', error };
      throw error;
    }
    if (this.#over || turn !== this.#turns || attempt.outcome !== undefined) throw new Rollback();
    this.#wasHeld = held === 'held';
    switch (held) {
      case 'held':
        attempt.heldByTransaction();
        return;
      case 'lost':
        attempt.lose('renewal-refused');
        throw new Rollback();
      case 'renewed':
        // The answer may have taken longer than the lease, and no timer has said so yet.
        if (attempt.startRunning(attempt.call.config.timers.now())) return;
        attempt.lose('lease-ended');
        throw new Rollback();
    }
  }

  async #stillOurs(before: Progress): Promise<void> {
    const attempt = this.#attempt;
    const answer = await (before.step === 'completed'
      ? askWhileHeldBack(attempt, before.record)
      : askAgain(attempt));
    // A caller that has its answer by now, that nothing is recorded, must not see it done once more.
    if (answer.outcome === 'acquired' && !attempt.isAnswered) {
      attempt.heldBack = undefined;
      return;
    }
    this.#progress =
      before.step === 'completed'
        ? { step: 'decided', record: before.record, answer }
        : { step: 'refused' };
    throw new Rollback();
  }

  async #encode(value: unknown): Promise<EncodedRecord> {
    const { config, recordKey } = this.#attempt.call;
    try {
      return await encodeValue(config.codec, recordKey, value);
    } catch (error) {
      this.#progress = { step: 'unencodable', error };
      throw error;
    }
  }

  async #complete(
    bound: TransactionBoundStore,
    turn: number,
    record: EncodedRecord,
  ): Promise<void> {
    const { call, token } = this.#attempt;
    const { timers } = call.config;
    this.#progress = { step: 'completing' };
    const at = timers.now();
    let held: boolean;
    try {
      held = await bound.complete(call.recordKey, token, record.bytes, call.ttl);
      checkConfirmation(held, call.recordKey);
    } catch (error) {
      if (turn === this.#turns) this.#progress = { step: 'not-completed', error };
      throw error;
    }
    if (this.#over || turn !== this.#turns) throw new Rollback();
    this.#progress = held ? { step: 'completed', record, at } : { step: 'refused' };
    if (!held) throw new Rollback();
  }

  async #afterCommit(): Promise<Outcome> {
    const attempt = this.#attempt;
    const progress = this.#progress;
    if (progress.step === 'completed') {
      const { record, at } = progress;
      if (completed.hasSubscribers) publishCompleted(attempt, record, at);
      return { kind: 'recorded', record };
    }
    const message =
      '`begin` resolved although the work did not: it must settle as the work does, and roll back when ' +
      'the work rejects. Whether anything was committed is not known; nothing was recorded.';
    const { recordKey: key } = attempt.call;
    const error = new IdempotencyError('IDEM_INVALID_OPTIONS', message, { key });
    if (progress.step === 'decided')
      return decide(attempt, progress.record, progress.answer, error);
    attempt.stopRunning();
    return { kind: 'failed', error };
  }

  async #afterRollback(error: unknown): Promise<Outcome> {
    const attempt = this.#attempt;
    const progress = this.#progress;
    if (attempt.outcome !== undefined) return attempt.outcome;
    switch (progress.step) {
      case 'completed':
        return afterUnknownCommit(attempt, progress.record, error);
      case 'decided':
        return decide(attempt, progress.record, progress.answer, error);
      case 'refused':
        return attempt.lose('completion-refused');
      case 'threw':
        attempt.stopRunning();
        // What kept the claim is rolled back: to record an error it must be ours once more.
        if (this.#wasHeld && attempt.call.config.recordErrors !== undefined) {
          const { outcome } = await askAgain(attempt);
          if (outcome === 'failed') return { kind: 'failed', error: progress.error };
          if (outcome !== 'acquired') return attempt.lose('completion-refused');
        }
        return recordThrow(attempt, progress.error);
      case 'running':
      case 'completing':
        // The work goes on behind the back of `begin`: what it does besides is not settled.
        attempt.takeover = true;
    }
    attempt.stopRunning();
    // Nothing was recorded in it, so nothing of it was committed.
    await attempt.release();
    return { kind: 'failed', error: 'error' in progress ? progress.error : error };
  }
}
