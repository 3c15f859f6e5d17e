import { checkMilliseconds, checkOptionNames, refuse } from '@idem/core/adapter';
import type { Budget } from '../rule.ts';
import { chooseBudget } from './budget.ts';
import { chooseSeed } from './random.ts';
import type { SuiteOptions } from './run-rules.ts';

const NAMES = ['seed', 'budget', 'deadline', 'rules', 'concurrency'];

/**
 * Refuses, with `IDEM_INVALID_OPTIONS`, what would make a run say something else than the store's:
 * every rule would count as hanging, or none would ever have its turn. Answers what chance is given.
 *
 * @param more the names of options that a runner takes beside these
 */
export function checkRun(
  options: SuiteOptions,
  more: readonly string[] = [],
): { readonly seed: number; readonly budget: Budget } {
  checkOptionNames(options, new Set([...NAMES, ...more]), 'options of the contract run');
  const { deadline, concurrency, rules } = options;
  const seed = options.seed ?? chooseSeed();
  const budget = options.budget ?? chooseBudget();
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
    refuse('IDEM_INVALID_OPTIONS', seed, 'a whole number below 4294967296', 'seed');
  if (budget !== 'quick' && budget !== 'long')
    refuse('IDEM_INVALID_OPTIONS', budget, '"quick" or "long"', 'budget');
  if (deadline !== undefined) checkMilliseconds(deadline, 'deadline', 1);
  if (deadline !== undefined && deadline > LONGEST_TIMER)
    refuse('IDEM_INVALID_OPTIONS', deadline, 'at most 2147483647 milliseconds', 'deadline');
  if (concurrency !== undefined && !(Number.isInteger(concurrency) && concurrency > 0))
    refuse('IDEM_INVALID_OPTIONS', concurrency, 'a whole number, 1 or more', 'concurrency');
  if (rules !== undefined && !Array.isArray(rules))
    refuse('IDEM_INVALID_OPTIONS', rules, 'an array of rules', 'rules');
  return { seed, budget };
}

/** Milliseconds; a timer of Node that is longer fires at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
