import { wrongAnswers } from './answers.ts';
import type { WrongExecutor } from './edit.ts';
import { wrongLeases } from './leases.ts';
import { wrongTransactions } from './transactions.ts';
import { wrongWaiting } from './waiting.ts';

/** Executors with one mistake each: every one must be caught. */
export const wrongExecutors: readonly WrongExecutor[] = [
  ...wrongLeases,
  ...wrongWaiting,
  ...wrongAnswers,
  ...wrongTransactions,
];
