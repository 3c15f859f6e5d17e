import { show } from '../support/show.ts';
import { IdempotencyError } from './errors.ts';
import type { ClaimResult } from './store.ts';
import type { Held } from './transactional-store.ts';

/**
 * Refuses, with `IDEM_STORE_FAILED`, what no store that keeps the contract answers to a claim: to
 * take it for a grant would execute twice, to take it for a refusal would wait for ever.
 */
export function checkClaimResult(result: unknown, key: string): asserts result is ClaimResult {
  if (typeof result !== 'object' || result === null || !('outcome' in result)) {
    return misbehaved('a claim', result, key);
  }
  switch (result.outcome) {
    case 'acquired':
      if (!('fence' in result) || !Number.isSafeInteger(result.fence)) break;
      if (!('takeover' in result) || typeof result.takeover !== 'boolean') break;
      return;
    case 'in-progress':
      if (!('leaseRemaining' in result) || !Number.isFinite(result.leaseRemaining)) break;
      return;
    case 'completed':
      if (!('value' in result) || !(result.value instanceof Uint8Array)) break;
      return;
  }
  misbehaved('a claim', result, key);
}

/** Refuses, with `IDEM_STORE_FAILED`, what is no answer to `complete`. */
export function checkConfirmation(answer: unknown, key: string): asserts answer is boolean {
  if (typeof answer !== 'boolean') misbehaved('a completion', answer, key);
}

/** Refuses, with `IDEM_STORE_FAILED`, what is no answer to `hold`. */
export function checkHeld(answer: unknown, key: string): asserts answer is Held {
  if (answer === 'renewed' || answer === 'held' || answer === 'lost') return;
  misbehaved('a hold', answer, key);
}

function misbehaved(operation: string, answer: unknown, key: string): never {
  throw new IdempotencyError(
    'IDEM_STORE_FAILED',
    `The store answered ${operation} with ${show(answer)}, which the contract does not have. ` +
      'Run the suite of @idem/contract-tests on its adapter.',
    { key },
  );
}
