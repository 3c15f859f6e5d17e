import type { Verdict } from '../engine/verdict.ts';
import type { AbilityName } from '../harness.ts';
import type { Budget, Family, Grade } from '../rule.ts';
import { CONTRACT_VERSION, SUITE_VERSION } from '../version.ts';

/** What a run of the suite found, as data; the JSON report is this. Fields are added, never changed. */
export interface ConformanceReport {
  /** The version of this shape. */
  readonly format: 1;
  /** The version of the contract that the suite proves. */
  readonly contract: string;
  /** The version of the suite that ran; `unknown` in a report of before it was noted. */
  readonly suite: string;
  /** The store, as its harness names it. */
  readonly store: string;
  readonly budget: Budget;
  readonly seed: number;
  /** True when some rule was tried and none failed, those apart that are only recommended, and no error went uncaught. */
  readonly conforms: boolean;
  /** Errors that nobody caught and that came while no rule was under way; a store with any does not conform. */
  readonly uncaught: readonly string[];
  /** How many rules of the contract the run was not asked for: what it found is said of the others alone. */
  readonly notAsked: number;
  /** What the harness could not do. Without its clock no lease and no ttl was judged. */
  readonly lacking: readonly AbilityName[];
  readonly grades: Readonly<Record<Grade, Count>>;
  readonly rules: readonly RuleResult[];
}

export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface RuleResult {
  readonly id: string;
  readonly family: Family;
  readonly grade: Grade;
  readonly since: string;
  readonly statement: string;
  readonly verdict: 'passed' | 'failed' | 'skipped';
  /** Milliseconds; null when it was skipped. */
  readonly time: number | null;
  /** Why it failed or was skipped; null when it passed. */
  readonly reason: string | null;
  /** What took suspiciously long though the rule passed, such as a `close` of ten seconds; null when nothing did. */
  readonly slow: string | null;
}

export interface RunDescription {
  readonly store: string;
  readonly budget: Budget;
  readonly seed: number;
  readonly uncaught?: readonly string[];
  /** How many rules of the contract were left out of the run; none where that is not said. */
  readonly notAsked?: number;
  readonly lacking?: readonly AbilityName[];
}

export const gradesInOrder: readonly Grade[] = [
  'required',
  'stochastic',
  'recommended',
  'untested',
];

/** Sums up the verdicts of a run. */
export function conformanceReport(
  verdicts: readonly Verdict[],
  run: RunDescription,
): ConformanceReport {
  return reportOf(verdicts.map(ruleResult), run);
}

/** The same of what was found, rule by rule. */
export function reportOf(
  rules: readonly RuleResult[],
  { store, budget, seed, uncaught = [], notAsked = 0, lacking = [] }: RunDescription,
): ConformanceReport {
  const of = (grade: Grade): Count => count(rules.filter((rule) => rule.grade === grade));
  return {
    format: 1,
    contract: CONTRACT_VERSION,
    suite: SUITE_VERSION,
    store,
    budget,
    seed,
    conforms:
      uncaught.length === 0 &&
      rules.some(({ verdict }) => verdict !== 'skipped') &&
      rules.every(({ verdict, grade }) => verdict !== 'failed' || grade === 'recommended'),
    uncaught,
    notAsked,
    lacking,
    grades: {
      required: of('required'),
      stochastic: of('stochastic'),
      recommended: of('recommended'),
      untested: of('untested'),
    },
    rules,
  };
}

export function count(rules: readonly RuleResult[]): Count {
  const having = (verdict: RuleResult['verdict']): number =>
    rules.filter((rule) => rule.verdict === verdict).length;
  return { passed: having('passed'), failed: having('failed'), skipped: having('skipped') };
}

export function ruleResult(verdict: Verdict): RuleResult {
  const { id, family, grade, since, statement } = verdict.rule;
  return {
    id,
    family,
    grade,
    since,
    statement,
    verdict: verdict.outcome,
    time: verdict.outcome === 'skipped' ? null : Math.round(verdict.time * 10) / 10,
    reason: reasonOf(verdict),
    slow: slowOf(verdict),
  };
}

function slowOf(verdict: Verdict): string | null {
  if (verdict.outcome !== 'passed' || verdict.slow.length === 0) return null;
  return verdict.slow.join('; ');
}

function reasonOf(verdict: Verdict): string | null {
  switch (verdict.outcome) {
    case 'passed':
      return null;
    case 'failed':
      return verdict.faults.join('\n');
    case 'skipped':
      return verdict.reason;
  }
}
