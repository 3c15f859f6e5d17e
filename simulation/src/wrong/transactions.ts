import { type WrongExecutor, wrong } from './edit.ts';

const TRANSACTION = 'executor/transaction/transaction.ts';

export const wrongTransactions: readonly WrongExecutor[] = [
  wrong(
    'calls the function again after a commit that nobody confirmed, and does not ask',
    TRANSACTION,
    `if (before.step !== 'idle' && !kept) await`,
    `if (before.step === 'not-completed') await`,
  ),
  wrong(
    'neither renews nor aborts the second turn',
    TRANSACTION,
    'no timer has said so yet.\n    if (attempt.startRunning(attempt.call.config.timers.now())) return;',
    'no timer has said so yet.\n    if (this.#turns > 1 || attempt.startRunning(attempt.call.config.timers.now())) return;',
  ),
  wrong(
    'forgets a takeover that it learns of in asking again',
    'executor/run/attempt.ts',
    'this.takeover ||= result.takeover;',
    'if (this.executionTime === 0) this.takeover ||= result.takeover;',
  ),
  wrong(
    'takes a commit that nobody confirmed for a failure',
    TRANSACTION,
    'return afterUnknownCommit(attempt, progress.record, error);',
    `return { kind: 'failed', error };`,
  ),
  wrong(
    'takes a commit that nobody confirmed for a success',
    TRANSACTION,
    'return afterUnknownCommit(attempt, progress.record, error);',
    `return { kind: 'recorded', record: progress.record };`,
  ),
  wrong(
    'does not ask again after a turn whose transaction kept the claim',
    TRANSACTION,
    `const kept = before.step === 'threw' && !this.#wasHeld;`,
    `const kept = before.step === 'threw';`,
  ),
  wrong(
    'goes on under a claim that the transaction does not find held',
    TRANSACTION,
    `case 'lost':`,
    `case 'lost':\n        return;`,
  ),
  wrong(
    'goes on in a transaction that cannot keep the claim',
    TRANSACTION,
    'if (bound.hold !== undefined) await this.#hold(bound, turn);',
    'if (bound.hold !== undefined) await this.#hold(bound, turn).catch(() => {});',
  ),
  wrong(
    'records outside of the transaction',
    TRANSACTION,
    'return this.#store.inTransaction(tx);',
    'return this.#store;',
  ),
];
