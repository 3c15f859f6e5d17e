import type { IdempotencyStore } from '@idem/core';
import type { Expectations } from './engine/expectations.ts';
import type { AbilityName, BackendClock, Harness } from './harness.ts';
import type { Proof } from './moves.ts';

/**
 * How binding a rule is.
 *
 * - `required`: an adapter that breaks it does not conform.
 * - `recommended`: new in this minor of the suite; required from the next.
 * - `stochastic`: required, and looked for by chance; a pass is evidence, not proof.
 * - `untested`: part of the contract that no suite can provoke; always shown as skipped with its reason.
 */
export type Grade = 'required' | 'recommended' | 'stochastic' | 'untested';

export type Family =
  | 'find-store'
  | 'claim'
  | 'complete'
  | 'release'
  | 'renew'
  | 'remove'
  | 'inspect'
  | 'watch'
  | 'expiry'
  | 'keys'
  | 'tokens'
  | 'values'
  | 'arguments'
  | 'cancellation'
  | 'concurrency'
  | 'lifecycle'
  | 'repetition'
  | 'faults'
  | 'corruption'
  | 'durability'
  | 'transactions'
  | 'model'
  | 'linearizability';

interface RuleText {
  /** `family.what-it-says`; never changes its meaning, never used again. */
  readonly id: string;
  readonly family: Family;
  /** The rule, as a person would say it. */
  readonly statement: string;
  /** What it keeps from happening; undefined for a rule that is not of the contract. */
  readonly why?: string | undefined;
  /** The version of the contract that brought it. */
  readonly since: string;
  /** Abilities without which it is skipped. */
  readonly needs: readonly AbilityName[];
  /** Its cells in the matrix of properties and moves, for a rule that is one of a table. */
  readonly proves?: Proof | undefined;
}

/** A rule that the suite can put to a store. */
export interface TestedRule extends RuleText {
  readonly grade: Exclude<Grade, 'untested'>;
  /** True when nothing else may run meanwhile: it changes the process's clock, cuts connections or crashes the backend. */
  readonly exclusive?: boolean | undefined;
  /** Throws, or tells `context.expect`, what was seen, when the store breaks the rule. */
  check(context: RuleContext): Promise<void>;
}

/** A rule that no suite can provoke. */
export interface UntestedRule extends RuleText {
  readonly grade: 'untested';
  /** Why it cannot be provoked, and where its proof is to be found. */
  readonly reason: string;
}

/** One rule of the contract, as data. */
export type Rule = TestedRule | UntestedRule;

/** `quick` for every change, `long` for a nightly run: more rounds of what is looked for by chance. */
export type Budget = 'quick' | 'long';

/** What a rule works with. Each rule has its own, and everything opened through it is closed after the rule. */
export interface RuleContext {
  readonly harness: Harness;
  /** A client of the backend, open. */
  readonly store: IdempotencyStore;
  /** The backend's clock; only for rules that need `clock`. */
  readonly clock: BackendClock;
  /** Takes down what was seen and was not as it should be; the rule goes on, and all of it is reported. */
  readonly expect: Expectations;
  /** Opens another client of the same backend. */
  open(): Promise<IdempotencyStore>;
  /** A key that no other rule and no other run uses; `label` makes it readable. */
  key(label?: string): string;
  /** A token that nothing else uses. */
  token(): string;
  /** Whole numbers from 0 up to but without `below`, from the run's seed. */
  random(below: number): number;
  readonly budget: Budget;
  /** The run's seed: with the same seed `random` gives the same numbers. Failures name it without your doing. */
  readonly seed: number;
}
