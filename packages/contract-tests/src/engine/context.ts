import { randomBytes } from 'node:crypto';
import { createToken, type IdempotencyStore } from '@idem/core';
import { type BackendClock, type Harness, isAbsent } from '../harness.ts';
import type { Budget, RuleContext, TestedRule } from '../rule.ts';
import { Expectations } from './expectations.ts';
import { seededRandom } from './random.ts';

/** A context, and how to end it. */
export interface OpenContext {
  readonly context: RuleContext;
  /** Closes every client that the rule opened; rejects with the first fault met. */
  close(): Promise<void>;
}

export interface ContextOptions {
  readonly seed: number;
  readonly budget: Budget;
}

/** Opens what one rule works with. */
export async function openContext(
  rule: TestedRule,
  harness: Harness,
  options: ContextOptions,
): Promise<OpenContext> {
  const opened: IdempotencyStore[] = [];
  const open = async (): Promise<IdempotencyStore> => {
    const store = await harness.open();
    opened.push(store);
    return store;
  };
  // From chance and not from the seed: a run that repeats a seed must not meet its own old records.
  const run = randomBytes(9).toString('base64url');
  let keys = 0;
  const context: RuleContext = {
    harness,
    store: await open(),
    get clock(): BackendClock {
      if (isAbsent(harness.clock))
        throw new Error(`The rule ${rule.id} must list 'clock' in needs.`);
      return harness.clock;
    },
    expect: new Expectations(),
    open,
    key: (label = 'key') => `contract:${run}:${rule.id}:${keys++}:${label}`,
    token: createToken,
    random: seededRandom(options.seed, rule.id),
    budget: options.budget,
    seed: options.seed,
  };
  const close = async (): Promise<void> => {
    const results = await Promise.allSettled(opened.map((store) => store.close()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  };
  return { context, close };
}
