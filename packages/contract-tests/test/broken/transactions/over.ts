import type { BrokenStore } from '../kit/broken-store.ts';
import { fromOutside } from './autonomous.ts';
import { BoundStore } from './bound-store.ts';
import { brokenInTransactions } from './harness.ts';
import { OutsideStore } from './outside-store.ts';
import { Transaction } from './transaction.ts';
import { type BoundClass, type RecordParts, withBound } from './with-bound.ts';

/** Carries out, each by itself, what comes when `isOpen` is not true any more. */
function autocommitting(isOpen: (tx: Transaction) => boolean): BoundClass {
  const Own = fromOutside('complete', 'find', 'exists', 'store', 'remove');
  return class extends BoundStore {
    readonly #own = new Own(this.shared, this.tx);
    protected override check(): void {
      if (isOpen(this.tx)) super.check();
    }
    #where<T>(inside: () => Promise<T>, outside: () => Promise<T>): Promise<T> {
      return isOpen(this.tx) ? inside() : outside();
    }
    protected override record(...parts: RecordParts): Promise<boolean> {
      return this.#where(
        () => super.record(...parts),
        () => this.#own.complete(...parts),
      );
    }
    protected override doFind(key: string): Promise<Uint8Array | null> {
      return this.#where(
        () => super.doFind(key),
        () => this.#own.find(key),
      );
    }
    protected override doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
      return this.#where(
        () => super.doStore(key, value, ttl),
        () => this.#own.store(key, value, ttl),
      );
    }
  };
}

/** Mistakes about transactions that are over. */
export const overMistakes: readonly BrokenStore[] = [
  brokenInTransactions(
    'autocommits-when-over',
    'What is sent once the transaction has ended or was doomed is carried out by itself.',
    {
      'transactions.committed-is-refused':
        /complete after the commit: expected a rejection.*resolve to true/,
      'transactions.rolled-back-is-refused':
        /complete after the rollback: expected a rejection.*resolve to true/,
      'transactions.doomed-is-refused': /complete once it is doomed: expected a rejection/,
      'transactions.ended-unseen-is-refused':
        /after a rollback that nobody saw: expected a rejection/,
    },
    withBound(autocommitting((tx) => tx.state === 'open')),
  ),
  brokenInTransactions(
    'asks-the-library-only',
    'Takes the transaction for open as long as the library that began it does.',
    {
      'transactions.doomed-is-refused': /complete once it is doomed: expected a rejection/,
      'transactions.ended-unseen-is-refused': /after operations .*: the claim: expected the holder/,
    },
    withBound(
      class extends autocommitting((tx) => tx.state === 'open') {
        protected override check(): void {
          if (this.tx.known === 'ended') super.check();
        }
      },
    ),
  ),
  brokenInTransactions(
    'false-when-over',
    'Answers false, as to one who lost the lease, when there is no transaction any more.',
    { 'transactions.committed-is-refused': /complete after the commit: .* resolve to false/ },
    withBound(
      class extends BoundStore {
        protected override async record(...parts: RecordParts): Promise<boolean> {
          return this.tx.usable && super.record(...parts);
        }
      },
    ),
  ),
  brokenInTransactions(
    'errors-of-the-driver',
    "Rejects with the driver's own error when the transaction is over.",
    {
      'transactions.rolled-back-is-refused': /expected a code IDEM_STORE_….*Error: no transaction/,
    },
    withBound(
      class extends BoundStore {
        protected override check(): void {
          if (!this.tx.usable) throw new Error('no transaction');
        }
      },
    ),
  ),
  brokenInTransactions(
    'commits-the-doomed',
    'Commits what was sent before the server doomed the transaction.',
    { 'transactions.doomed-records-nothing': /the claim: expected the holder's claim/ },
    {
      Tx: class extends Transaction {
        override commit(): void {
          this.write();
          super.commit();
        }
      },
    },
  ),
  brokenInTransactions(
    'true-for-what-was-there',
    'complete in a transaction is true for a record that its token made before.',
    {
      'transactions.lost-commit-is-settled': /in a second transaction: expected false, saw true/,
      'transactions.twice-is-false': /repeated in the transaction: expected false, saw true/,
      'transactions.completed-before-is-false': /what was there before: expected false, saw true/,
    },
    withBound(
      class extends BoundStore {
        protected override async record(...parts: RecordParts): Promise<boolean> {
          const done = await super.record(...parts);
          const record = this.live(this.row(parts[0]));
          return done || (record?.state === 'completed' && record.token === parts[1]);
        }
      },
    ),
  ),
  brokenInTransactions(
    'close-rolls-back',
    'Rolls back on close whatever transaction it was bound to.',
    { 'transactions.close-leaves-the-transaction': /the effect: expected true, saw false/ },
    {
      Store: class extends OutsideStore {
        readonly #bound = new Set<Transaction>();
        override inTransaction(tx: Transaction): BoundStore {
          this.#bound.add(tx);
          return super.inTransaction(tx);
        }
        protected override async doClose(): Promise<void> {
          for (const tx of this.#bound) tx.rollback();
          await super.doClose();
        }
      },
    },
  ),
  brokenInTransactions(
    'bound-once',
    'Binds each client once, to the first transaction.',
    { 'transactions.next-transaction-is-clean': /IDEM_STORE_FAILED/ },
    {
      Store: class extends OutsideStore {
        #first: BoundStore | undefined;
        override inTransaction(tx: Transaction): BoundStore {
          this.#first ??= super.inTransaction(tx);
          return this.#first;
        }
      },
    },
  ),
];
