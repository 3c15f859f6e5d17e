import type { AnswersAtOnce } from '../../contract/at-once.ts';
import { checkClaimResult } from '../../contract/check-answers.ts';
import type { Completed, IdempotencyStore } from '../../contract/store.ts';
import type { Call } from './call.ts';
import type { Settlement } from './outcome.ts';

/**
 * The result that the store has at hand: a replay needs no claim, and nothing that goes with one.
 * Undefined where there is none, or where the store cannot tell: then it is asked.
 *
 * Throws `IDEM_KEY_REUSED`.
 */
export function resultAtOnce(call: Call): Settlement | undefined {
  if (call.signal?.aborted === true) return undefined;
  const found = find(call.config.store, call.recordKey);
  if (found === undefined) return undefined;
  if (call.differs(found.fingerprint)) throw call.keyReused();
  return { kind: 'replayed', bytes: found.value };
}

function find(store: IdempotencyStore & AnswersAtOnce, key: string): Completed | undefined {
  try {
    const found = store['idem:resultAtOnce']?.(key, store.claim);
    if (found === undefined) return undefined;
    checkClaimResult(found, key);
    return found.outcome === 'completed' ? found : undefined;
  } catch {
    // What is wrong, the claim will say.
    return undefined;
  }
}
