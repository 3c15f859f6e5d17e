import type { Rule } from '../rule.ts';

/** The store kept the rule. */
export interface Passed {
  readonly outcome: 'passed';
  readonly rule: Rule;
  /** Milliseconds that the rule took. */
  readonly time: number;
  /** What took suspiciously long, one entry each: no fault, and worth a look. */
  readonly slow: readonly string[];
}

/** The store broke the rule. */
export interface Failed {
  readonly outcome: 'failed';
  readonly rule: Rule;
  /** Milliseconds that the rule took. */
  readonly time: number;
  /** What was expected and what was seen, one sentence for each fault. */
  readonly faults: readonly string[];
  /** Carries the whole text for people: rule, statement, faults, seed. `cause` is what the store threw, if it threw. */
  readonly error: Error;
  readonly seed: number;
}

/** The rule said nothing about the store. */
export interface Skipped {
  readonly outcome: 'skipped';
  readonly rule: Rule;
  readonly reason: string;
}

export type Verdict = Passed | Failed | Skipped;
