import { type Harness, isAbsent } from '../harness.ts';
import type { Rule } from '../rule.ts';
import { rules as allRules } from '../rules/index.ts';
import { checkRun } from './check-options.ts';
import { Gate } from './gate.ts';
import { type RunOptions, runRule } from './run-rule.ts';
import type { Verdict } from './verdict.ts';

export interface SuiteOptions extends RunOptions {
  /** By default every rule of the contract. */
  readonly rules?: readonly Rule[] | undefined;
  /** How many rules run side by side; by default 8, and 1 when the clock is driven: they would move each other's time. */
  readonly concurrency?: number | undefined;
}

/** Puts the rules to a store; the verdicts come in the order of the rules. Does not close the harness. */
export async function* runRules(
  harness: Harness,
  options: SuiteOptions = {},
): AsyncGenerator<Verdict, void, undefined> {
  const chance = checkRun(options);
  const gate = gateFor(harness, options.concurrency);
  const verdicts = (options.rules ?? allRules).map((rule) =>
    gate.run(isExclusive(rule), () => runRule(rule, harness, { ...options, ...chance })),
  );
  for (const verdict of verdicts) yield await verdict;
}

/** How many rules may run side by side against this harness. */
export function gateFor(harness: Harness, concurrency?: number | undefined): Gate {
  const driven = !isAbsent(harness.clock) && harness.clock.driven;
  return new Gate(driven ? 1 : (concurrency ?? 8));
}

export function isExclusive(rule: Rule): boolean {
  return rule.grade !== 'untested' && rule.exclusive === true;
}
