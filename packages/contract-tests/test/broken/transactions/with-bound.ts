import type { BoundStore } from './bound-store.ts';
import type { Parts } from './harness.ts';
import { OutsideStore } from './outside-store.ts';
import type { Shared, Transaction } from './transaction.ts';

/** What completing in a transaction is given: key, token, value, ttl. */
export type RecordParts = [key: string, token: string, value: Uint8Array, ttl: number];

export type BoundClass = new (shared: Shared, tx: Transaction) => BoundStore;

/** A store with no mistake, but in transactions. */
export function withBound(Bound: BoundClass): Parts {
  return {
    Store: class extends OutsideStore {
      override inTransaction(tx: Transaction): BoundStore {
        return new Bound(this.shared, tx);
      }
    },
  };
}
