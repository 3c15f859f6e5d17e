import type { AbilityName } from '../../../harness.ts';
import type { Proof } from '../../../moves.ts';
import type { TestedRule } from '../../../rule.ts';
import { family as familyOf } from '../family.ts';
import type { Timeline } from '../timeline.ts';
import { type Transacting, transacting } from './transacting.ts';

interface TransactionRuleOptions {
  readonly needs?: readonly AbilityName[];
  readonly proves?: Proof;
}

interface TransactionRules {
  /** A rule about transactions of the application. */
  rule(
    name: string,
    statement: string,
    check: (context: Transacting) => Promise<void>,
    options?: TransactionRuleOptions,
  ): TestedRule;
  /** A rule about transactions and time. */
  timed(
    name: string,
    statement: string,
    check: (context: Transacting, time: Timeline) => Promise<void>,
    options?: TransactionRuleOptions,
  ): TestedRule;
}

/**
 * Makes the rules of the family. They need the ability, and run alone: a backend with one writer
 * refuses everybody else while a transaction is open.
 */
export function family(name: 'transactions'): TransactionRules {
  const { rule, timed } = familyOf(name);
  const optionsOf = ({ needs = [], ...rest }: TransactionRuleOptions = {}) =>
    ({ ...rest, needs: ['transactions', ...needs], exclusive: true }) as const;
  return {
    rule: (id, statement, check, options) =>
      rule(id, statement, (context) => transacting(context, check), optionsOf(options)),
    timed: (id, statement, check, options) =>
      timed(
        id,
        statement,
        (context, time) => transacting(context, (inner) => check(inner, time)),
        optionsOf(options),
      ),
  };
}
