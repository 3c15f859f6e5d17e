import { type WrongExecutor, wrong } from './edit.ts';

const TRANSACTION = 'executor/transaction/transaction.ts';

export const wrongTransactions: readonly WrongExecutor[] = [
  wrong(
    'calls the function again after a commit that nobody confirmed, and does not ask',
    TRANSACTION,
    `if (before.step !== 'idle' && before.step !== 'threw') await`,
    `if (before.step === 'not-completed') await`,
  ),
  wrong(
    'neither renews nor aborts the second turn',
    TRANSACTION,
    'if (attempt.startRunning(attempt.call.config.timers.now())) return;',
    'if (this.#turns > 1 || attempt.startRunning(attempt.call.config.timers.now())) return;',
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
    'records outside of the transaction',
    TRANSACTION,
    'const bound = this.#store.inTransaction(tx);',
    'const bound = this.#store;',
  ),
];
