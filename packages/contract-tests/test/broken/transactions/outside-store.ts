import { AsyncLocalStorage } from 'node:async_hooks';
import type { TransactionalStore, TransactionalSupport } from '@idem/core';
import type { Move } from '../../../src/moves.ts';
import { TracedStore } from '../kit/traced-store.ts';
import { BoundStore } from './bound-store.ts';
import type { Shared, Transaction } from './transaction.ts';

/** What is asked of the backend, and when it was sent. */
interface Sent {
  readonly key: string;
  readonly at: number;
}

/** A store with no mistake whose records can be written in transactions; what it writes itself waits for those. */
export class OutsideStore extends TracedStore implements TransactionalStore<Transaction> {
  override readonly supports: TransactionalSupport = {
    durability: { promised: false, reason: 'the records are in memory' },
    sharing: { promised: false, reason: 'the records are in the memory of one process' },
    wakeUp: { promised: true },
    sameKeyWhileOpen: { promised: true },
    otherKeysWhileOpen: { promised: true },
  };
  protected readonly shared: Shared;
  readonly #sent = new AsyncLocalStorage<Sent>();

  constructor(shared: Shared) {
    super(shared);
    this.shared = shared;
  }

  inTransaction(tx: Transaction): BoundStore {
    return new BoundStore(this.shared, tx);
  }

  protected override as<T>(move: Move, work: () => T, key: string): T {
    const sent = { key, at: this.backend.now() };
    return super.as(move, () => this.#sent.run(sent, work), key);
  }

  protected get sent(): Sent {
    return this.#sent.getStore() ?? { key: '', at: this.backend.now() };
  }

  protected override async travel(signal?: AbortSignal): Promise<void> {
    await super.travel(signal);
    const place = this.place(this.sent.key);
    for (;;) {
      const owner = this.shared.locks.get(place);
      if (owner === undefined || !this.waits(this.sent.key)) return;
      await owner.over;
    }
  }

  /** Whether this move needs the row that a transaction has locked. */
  protected waits(key: string): boolean {
    if (this.during('find') || this.during('exists') || this.during('inspect')) return false;
    return !this.during('claim') || this.live(this.row(key)) === undefined;
  }
}
