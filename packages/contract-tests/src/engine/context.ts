import { randomBytes } from 'node:crypto';
import { createToken, type IdempotencyStore } from '@idem/core';
import { type BackendClock, type Harness, isAbsent } from '../harness.ts';
import type { Budget, RuleContext, TestedRule } from '../rule.ts';
import type { Expectations } from './expectations.ts';
import { seededRandom } from './random.ts';
import { seen } from './seen.ts';

/** A context, and how to end it. */
export interface OpenContext {
  readonly context: RuleContext;
  /** Closes every client that the rule opened; rejects with the first fault met. */
  close(): Promise<void>;
}

export interface ContextOptions {
  /** Takes down what was seen. */
  readonly expect: Expectations;
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
    expectAnother(store);
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
    expect: options.expect,
    open,
    key: (label = 'key') => `contract:${run}:${rule.id}:${keys++}:${label}`,
    token: createToken,
    random: seededRandom(options.seed, rule.id),
    budget: options.budget,
    seed: options.seed,
  };
  const close = async (): Promise<void> => {
    const results = await Promise.allSettled(opened.map(async (store) => store.close()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  };
  return { context, close };
}

/** Every client that any harness handed out: each is closed after its rule, and good for no other. */
const handedOut = new WeakSet();

function expectAnother(store: unknown): void {
  const isStore = typeof store === 'object' && store !== null && 'close' in store;
  if (!isStore) throw new Error(`the harness's open() must give a store; it gave ${seen(store)}`);
  if (handedOut.has(store)) {
    const why = 'the suite closes each, and others are open meanwhile';
    throw new Error(`the harness's open() gave a client that it had given before: ${why}`);
  }
  handedOut.add(store);
}
