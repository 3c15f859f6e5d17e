import {
  Idempotency,
  type IdempotencyOptions,
  type TransactionalStore,
  type TransactionalSupport,
  type TransactionBoundStore,
} from '../../src/index.ts';
import { systemRuntime } from '../../src/time/runtime.ts';
import { LEASE, TTL } from './fixture.ts';
import { TestStore } from './test-store.ts';

/** What was written in one transaction: there for all to see only when it commits. */
export interface Tx {
  readonly writes: string[];
  completion: (() => Promise<boolean>) | undefined;
}

/** What becomes of one commit. */
export type Commit = 'works' | 'fails' | 'works, but its reply is lost';

/** What a database library does between the work and the database. */
export type Begin = <R>(work: (tx: Tx) => Promise<R>) => Promise<R>;

export const connectionReset: Error = new Error('connection reset');

/** A ledger and the records in one database: both are written when a transaction commits. */
export class TransactionalTestStore extends TestStore implements TransactionalStore<Tx> {
  override readonly supports: TransactionalSupport = {
    durability: { promised: false, reason: 'It is a Map.' },
    sharing: { promised: false, reason: 'It is a Map.' },
    wakeUp: { promised: false, reason: 'It is a Map.' },
    sameKeyWhileOpen: { promised: true },
    otherKeysWhileOpen: { promised: true },
  };
  readonly ledger: string[] = [];
  /** What the next commits do; those after them work. */
  readonly commits: Commit[] = [];

  /** What it answers to whoever asks who keeps the claim; by default nobody may ask. */
  hold: TransactionBoundStore['hold'];

  inTransaction(tx: Tx): TransactionBoundStore {
    return {
      ...(this.hold === undefined ? {} : { hold: this.hold }),
      complete: async (key, token, value, ttl) => {
        const entry = this.entries.get(key);
        const held = entry?.state === 'claimed' && entry.token === token && entry.end > this.now();
        if (held) tx.completion = () => this.complete(key, token, value, ttl);
        return held;
      },
    };
  }

  readonly begin: Begin = async (work) => {
    const tx: Tx = { writes: [], completion: undefined };
    const result = await work(tx);
    await this.end(tx);
    return result;
  };

  /** A library that begins anew when the commit was not confirmed, as those do that take it for a lost connection. */
  readonly beginTwice: Begin = async (work) => {
    try {
      return await this.begin(work);
    } catch (error) {
      if (error !== connectionReset) throw error;
      return this.begin(work);
    }
  };

  /** Commits. */
  async end(tx: Tx): Promise<void> {
    const commit = this.commits.shift() ?? 'works';
    if (commit === 'fails') throw connectionReset;
    this.ledger.push(...tx.writes);
    await tx.completion?.();
    if (commit !== 'works') throw connectionReset;
  }
}

/** Two processes on one database. */
export function setUp(options: Partial<IdempotencyOptions<TransactionalTestStore>> = {}): {
  store: TransactionalTestStore;
  here: Idempotency<TransactionalTestStore>;
  elsewhere: Idempotency<TransactionalTestStore>;
} {
  const store = new TransactionalTestStore();
  const make = (): Idempotency<TransactionalTestStore> =>
    new Idempotency({ ttl: TTL, lease: LEASE, ...options, store }, { ...systemRuntime });
  return { store, here: make(), elsewhere: make() };
}

/** The function whose effect must happen once. */
export function charge({ tx }: { readonly tx: Tx }): { charge: number } {
  tx.writes.push('charged');
  return { charge: 1 };
}
