import type { Harness, OpenTransaction } from '@idem/contract-tests';
import type { BrokenInMemory } from '../kit/broken-store.ts';
import { drivenClock, others, runningClock, type TestClock } from '../kit/broken-store.ts';
import { OutsideStore } from './outside-store.ts';
import { type Shared, Transaction } from './transaction.ts';

/** What a broken store replaces. */
export interface Parts {
  readonly Store?: new (shared: Shared) => OutsideStore;
  readonly Tx?: new (shared: Shared, level: string | undefined) => Transaction;
  /** What the harness has beside transactions. */
  readonly also?: (shared: Shared) => Partial<Harness>;
}

/** A broken store with transactions in the memory of the tests. */
export function brokenInTransactions(
  name: string,
  mistake: string,
  caughtBy: Readonly<Record<string, RegExp>>,
  parts: Parts,
): BrokenInMemory {
  const [harness, running] = [
    () => transactionalHarness(name, parts),
    () => transactionalHarness(name, parts, runningClock()),
  ];
  return { name, mistake, caughtBy, harness, running };
}

export function transactionalHarness(
  name: string,
  { Store = OutsideStore, Tx = Transaction, also = () => ({}) }: Parts = {},
  { now, clock }: TestClock = drivenClock(),
): Harness {
  const shared: Shared = { rows: new Map(), now, locks: new Map(), effects: new Set() };
  return {
    ...others,
    name,
    clock,
    open: async () => new Store(shared),
    transactions: {
      levels: ['snapshot'],
      hasEffect: async (effect) => shared.effects.has(effect),
      open: async () => {
        const store = new Store(shared);
        return {
          store,
          begin: async (level) => openTransaction(store, new Tx(shared, level)),
        };
      },
    },
    ...also(shared),
  };
}

function openTransaction(store: OutsideStore, tx: Transaction): OpenTransaction {
  return {
    bound: store.inTransaction(tx),
    effect: async (name) => {
      tx.effects.add(name);
    },
    commit: async () => tx.commit(),
    rollback: async () => tx.rollback(),
    savepoint: async () => {
      const rollback = tx.savepoint();
      return { rollback: async () => rollback() };
    },
    doom: async () => tx.doom(),
    endUnseen: async () => tx.endUnseen(),
    commitUnheard: async () => tx.commit(),
  };
}
