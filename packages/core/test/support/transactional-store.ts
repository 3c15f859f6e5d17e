import type { TransactionalStore, TransactionBoundStore } from '../../src/index.ts';
import { TestStore } from './test-store.ts';

/** What was written in one transaction: there for all to see only when it commits. */
export interface Tx {
  readonly writes: string[];
  completion: (() => Promise<boolean>) | undefined;
}

/** A ledger and the records in one database: both are written when a transaction commits. */
export class TransactionalTestStore extends TestStore implements TransactionalStore<Tx> {
  readonly ledger: string[] = [];
  /** What the next commit does. */
  commit: 'works' | 'fails' | 'works, but its reply is lost' = 'works';

  inTransaction(tx: Tx): TransactionBoundStore {
    return {
      complete: async (key, token, value, ttl) => {
        const entry = this.entries.get(key);
        const held = entry?.state === 'claimed' && entry.token === token && entry.end > this.now();
        if (held) tx.completion = () => this.complete(key, token, value, ttl);
        return held;
      },
    };
  }

  readonly begin = async <R>(work: (tx: Tx) => Promise<R>): Promise<R> => {
    const tx: Tx = { writes: [], completion: undefined };
    const result = await work(tx);
    const { commit } = this;
    this.commit = 'works';
    if (commit === 'fails') throw new Error('connection reset');
    this.ledger.push(...tx.writes);
    await tx.completion?.();
    if (commit !== 'works') throw new Error('connection reset');
    return result;
  };
}
