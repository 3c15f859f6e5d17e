import { type WrongExecutor, wrong } from './edit.ts';

const TRANSACTION = 'executor/transaction/transaction.ts';

export const wrongTransactions: readonly WrongExecutor[] = [
  wrong(
    'calls the function again after a commit that nobody confirmed, and does not ask',
    TRANSACTION,
    `if (before.step === 'idle' || before.step === 'threw') return;`,
    `if (before.step !== 'not-completed') return;`,
  ),
  wrong(
    'neither renews nor aborts the second turn',
    TRANSACTION,
    '    attempt.startRunning();\n',
    '    if (turn === 1) attempt.startRunning();\n',
  ),
  wrong(
    'forgets a takeover that it learns of in asking again',
    'executor/run/attempt.ts',
    '    this.fence = fence;\n',
    '    if (this.fence !== 0) return;\n    this.fence = fence;\n',
  ),
  wrong(
    'takes a commit that nobody confirmed for a failure',
    TRANSACTION,
    'return afterUnknownCommit(attempt, progress.record, error);',
    'return failed(error);',
  ),
  wrong(
    'takes a commit that nobody confirmed for a success',
    TRANSACTION,
    'return afterUnknownCommit(attempt, progress.record, error);',
    'return recorded(attempt, progress.record, progress.at);',
  ),
  wrong(
    'records outside of the transaction',
    TRANSACTION,
    'const bound = this.#store.inTransaction(tx);',
    'const bound = this.#store;',
  ),
];
