import type { AbilityName } from '../../harness.ts';
import type { Proof } from '../../moves.ts';
import type { Family, RuleContext, TestedRule, UntestedRule } from '../../rule.ts';
import { whyOf } from '../why/index.ts';
import { type Timeline, timed } from './timeline.ts';

interface RuleOptions {
  readonly grade?: TestedRule['grade'];
  readonly since?: string;
  readonly needs?: readonly AbilityName[];
  readonly exclusive?: boolean;
  readonly proves?: Proof;
}

interface FamilyOfRules {
  /** A rule that the suite can put to a store: required, since 1.0, needing nothing, unless `options` says otherwise. */
  rule(
    name: string,
    statement: string,
    check: (context: RuleContext) => Promise<void>,
    options?: RuleOptions,
  ): TestedRule;
  /** A rule about time: needs the backend's clock, and begins anew with longer times when the machine was too slow. */
  timed(
    name: string,
    statement: string,
    check: (context: RuleContext, time: Timeline) => Promise<void>,
    options?: RuleOptions,
  ): TestedRule;
  /** A rule that no suite can provoke. */
  untested(name: string, statement: string, reason: string): UntestedRule;
}

/** Makes the rules of one family. */
export function family(name: Family): FamilyOfRules {
  const rule: FamilyOfRules['rule'] = (id, statement, check, options = {}) => ({
    id: `${name}.${id}`,
    family: name,
    statement,
    why: whyOf(name, id),
    grade: options.grade ?? 'required',
    since: options.since ?? '1.0',
    needs: options.needs ?? [],
    exclusive: options.exclusive ?? false,
    proves: options.proves,
    check,
  });
  return {
    rule,
    timed: (id, statement, check, options = {}) =>
      rule(id, statement, timed(check), {
        ...options,
        needs: ['clock', ...(options.needs ?? [])],
      }),
    untested: (id, statement, reason) => ({
      id: `${name}.${id}`,
      family: name,
      statement,
      why: whyOf(name, id),
      grade: 'untested',
      since: '1.0',
      needs: [],
      reason,
    }),
  };
}
