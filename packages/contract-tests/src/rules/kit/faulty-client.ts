import type { IdempotencyStore } from '@idem/core';
import { type FaultyConnection, isAbsent } from '../../harness.ts';
import type { RuleContext } from '../../rule.ts';
import { RuleSkipped } from '../../skip.ts';
import { settled } from './settled.ts';

export interface FaultyClient extends AsyncDisposable {
  readonly faults: FaultyConnection;
  /** A client behind the breakable connection. */
  readonly store: IdempotencyStore;
}

/**
 * Opens a client behind the breakable connection; on disposal the connection is whole again and the client closed.
 * Its deadline is short, and a busy machine may be slower: no rule is about the first connection.
 */
export async function faultyClient({ harness }: RuleContext): Promise<FaultyClient> {
  const { faults } = harness;
  if (isAbsent(faults)) throw new RuleSkipped(faults.absent);
  const store = await settled(() => faults.open());
  const dispose = async (): Promise<void> => {
    await faults.restore();
    await store.close();
  };
  return { faults, store, [Symbol.asyncDispose]: dispose };
}
