import type { AbilityName } from '../../harness.ts';
import type { Proof } from '../../moves.ts';
import type { TestedRule } from '../../rule.ts';
import { family } from '../kit/family.ts';
import type { Timeline } from '../kit/timeline.ts';
import { type Transacting, transacting } from './transacting.ts';

const { rule: ruleOf, timed: timedOf } = family('transactions');

interface TransactionRuleOptions {
  readonly needs?: readonly AbilityName[];
  readonly proves?: Proof;
}

// Alone, because a backend with one writer refuses everybody else while a transaction is open.
function optionsOf({ needs = [], ...rest }: TransactionRuleOptions) {
  return { ...rest, needs: ['transactions', ...needs], exclusive: true } as const;
}

/** A rule about transactions of the application. */
export function rule(
  name: string,
  statement: string,
  check: (context: Transacting) => Promise<void>,
  options: TransactionRuleOptions = {},
): TestedRule {
  return ruleOf(name, statement, (context) => transacting(context, check), optionsOf(options));
}

/** A rule about transactions and time. */
export function timed(
  name: string,
  statement: string,
  check: (context: Transacting, time: Timeline) => Promise<void>,
  options: TransactionRuleOptions = {},
): TestedRule {
  return timedOf(
    name,
    statement,
    (context, time) => transacting(context, (inner) => check(inner, time)),
    optionsOf(options),
  );
}
