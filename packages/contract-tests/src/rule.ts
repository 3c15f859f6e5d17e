import type { IdempotencyStore } from '@idem/core';
import type { AbilityName, Harness } from './harness.ts';

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
  | 'expiry'
  | 'keys'
  | 'values'
  | 'arguments'
  | 'cancellation'
  | 'concurrency'
  | 'lifecycle'
  | 'repetition'
  | 'faults'
  | 'corruption'
  | 'durability'
  | 'model'
  | 'linearizability';

/** One rule of the contract, as data. */
export interface Rule {
  /** `family.what-it-says`; never changes its meaning, never used again. */
  readonly id: string;
  readonly family: Family;
  /** The rule, as a person would say it. */
  readonly statement: string;
  readonly grade: Grade;
  /** The version of the contract that brought it. */
  readonly since: string;
  /** Abilities without which it is skipped. */
  readonly needs: readonly AbilityName[];
  /** Throws with what was seen, when the store breaks the rule. */
  check(context: RuleContext): Promise<void>;
}

/** What a rule works with. Each rule has its own, and everything opened through it is closed after the rule. */
export interface RuleContext {
  readonly harness: Harness;
  /** A client of the backend, open. */
  readonly store: IdempotencyStore;
  /** Opens another client of the same backend. */
  open(): Promise<IdempotencyStore>;
  /** A key that no other rule and no other run uses; `label` makes it readable. */
  key(label?: string): string;
  /** Whole numbers from 0 up to but without `below`, from the run's seed. */
  random(below: number): number;
  readonly budget: 'quick' | 'long';
  /** The run's seed, for a failure to name: with the same seed `random` gives the same numbers. */
  readonly seed: number;
}
