import type { BrokenStore } from '../kit/broken-store.ts';
import { fromOutside } from './autonomous.ts';
import { BoundStore } from './bound-store.ts';
import { brokenInTransactions } from './harness.ts';
import { OutsideStore } from './outside-store.ts';
import { Transaction } from './transaction.ts';
import { type RecordParts, withBound } from './with-bound.ts';

/** Mistakes about what is in a transaction, and who sees it when. */
export const visibilityMistakes: readonly BrokenStore[] = [
  brokenInTransactions(
    'print-lost-in-transactions',
    'Leaves the fingerprint of the claim behind when it completes in a transaction.',
    { 'transactions.commit-records': /after the commit: claim: expected .*print/ },
    withBound(
      class extends BoundStore {
        protected override finish(
          ...[row, record, ...rest]: Parameters<BoundStore['finish']>
        ): void {
          super.finish(row, { ...record, fingerprint: null }, ...rest);
        }
      },
    ),
  ),
  brokenInTransactions(
    'record-on-a-connection-of-its-own',
    "Writes the record on the store's own connection, beside the application's transaction.",
    {
      'transactions.effect-and-record-together': /exists after rollback: expected false, saw true/,
      'transactions.nobody-sees-the-uncommitted': /find, sent before the rollback: expected null/,
      'transactions.rollback-leaves-the-claim': /after it: expected claimed, saw/,
      'transactions.many-keys-in-one': /find after rollback: expected null/,
    },
    withBound(fromOutside('complete')),
  ),
  brokenInTransactions(
    'commits-by-itself',
    'Commits as soon as the record is written, the writes of the application too.',
    {
      'transactions.effect-and-record-together': /exists after rollback: expected false, saw true/,
    },
    withBound(
      class extends BoundStore {
        protected override async record(...parts: RecordParts): Promise<boolean> {
          const done = await super.record(...parts);
          this.tx.commit();
          return done;
        }
      },
    ),
  ),
  brokenInTransactions(
    'dirty-reads',
    'Reads what is not committed.',
    {
      'transactions.nobody-sees-the-uncommitted': /find, sent before the rollback: expected null/,
      'transactions.answered-while-open': /find: expected null/,
    },
    {
      Store: class extends OutsideStore {
        protected override row(key: string): ReturnType<OutsideStore['row']> {
          const place = this.place(key);
          const own = this.shared.locks.get(place)?.rows.get(place);
          return own ?? super.row(key);
        }
      },
    },
  ),
  brokenInTransactions(
    'dirty-reads-in-transactions',
    'Reads in a transaction what another has not committed.',
    { 'transactions.other-transactions-see-no-more': /find, sent before the rollback: expected/ },
    withBound(
      class extends BoundStore {
        protected override async doFind(key: string): Promise<Uint8Array | null> {
          const record = this.shared.locks.get(key)?.rows.get(key)?.record;
          return record?.state === 'completed' ? this.answer(record.value) : super.doFind(key);
        }
      },
    ),
  ),
  brokenInTransactions(
    'readers-wait',
    'Promises to answer others while a transaction is open, and has them wait.',
    { 'transactions.answered-while-open': /expected an answer while the transaction is open/ },
    {
      Store: class extends OutsideStore {
        protected override waits(): boolean {
          return true;
        }
      },
    },
  ),
  brokenInTransactions(
    'rollback-gives-up',
    'Gives the claim up when the transaction is rolled back.',
    { 'transactions.rollback-leaves-the-claim': /after it: expected claimed, saw/ },
    {
      Tx: class extends Transaction {
        override rollback(): void {
          for (const place of this.rows.keys()) this.shared.rows.delete(place);
          super.rollback();
        }
      },
    },
  ),
  brokenInTransactions(
    'rollback-renews',
    'Starts the lease anew when the transaction is rolled back.',
    { 'transactions.rollback-leaves-the-claim': /leaseRemaining: expected at most/ },
    {
      Tx: class extends Transaction {
        override rollback(): void {
          for (const place of this.rows.keys()) {
            const row = this.shared.rows.get(place);
            if (row?.record !== undefined)
              row.record = { ...row.record, end: row.record.end + 60_000 };
          }
          super.rollback();
        }
      },
    },
  ),
  brokenInTransactions(
    'last-record-only',
    'Keeps one record for each transaction: the last.',
    { 'transactions.many-keys-in-one': /find after commit: expected \d+ bytes.*saw null/ },
    {
      Tx: class extends Transaction {
        protected override write(): void {
          const [place, row] = [...this.rows].at(-1) ?? [];
          if (place !== undefined && row !== undefined) this.shared.rows.set(place, row);
        }
      },
    },
  ),
  brokenInTransactions(
    'savepoints-unheard-of',
    'Collects what is to be recorded in the process, and writes it with the commit, whatever was rolled back to.',
    {
      'transactions.savepoint-takes-back':
        /complete by the holder in the transaction: expected true/,
    },
    {
      Tx: class extends Transaction {
        override savepoint(): () => void {
          return () => {};
        }
      },
    },
  ),
  brokenInTransactions(
    'locks-lost-at-a-savepoint',
    'Gives up every lock of the transaction when it is rolled back to a savepoint.',
    { 'transactions.savepoint-takes-back': /sent before the commit: expected false, saw true/ },
    {
      Tx: class extends Transaction {
        override savepoint(): () => void {
          const back = super.savepoint();
          return () => {
            back();
            for (const [place, owner] of this.shared.locks) {
              if (owner === this) this.shared.locks.delete(place);
            }
          };
        }
      },
    },
  ),
  brokenInTransactions(
    'fences-lost-in-transactions',
    'Writes the row anew in a transaction, and forgets its fence.',
    {
      'transactions.commit-records': /its fence: expected more than/,
      'transactions.stores-inside': /its fence: expected more than/,
      'transactions.removes-inside': /its fence: expected more than/,
    },
    {
      Tx: class extends Transaction {
        protected override write(): void {
          for (const row of this.rows.values()) row.fence = 0;
          super.write();
        }
      },
    },
  ),
  brokenInTransactions(
    'reads-beside-its-transaction',
    'Reads on another connection than it writes on.',
    {
      'transactions.reads-its-own-writes': /find of its own record: expected 6 bytes.*saw null/,
      'transactions.bound-store-inside-is-exact':
        /find of the empty value: expected an empty value/,
    },
    withBound(fromOutside('find', 'exists')),
  ),
  brokenInTransactions(
    'reads-only-its-own',
    'Finds in a transaction nothing but what was recorded in it.',
    { 'transactions.reads-its-own-writes': /find of what is committed: expected 9 bytes/ },
    withBound(
      class extends BoundStore {
        protected override async doFind(key: string): Promise<Uint8Array | null> {
          const found = await super.doFind(key);
          return this.tx.rows.has(this.place(key)) ? found : null;
        }
      },
    ),
  ),
  brokenInTransactions(
    'stores-beside-its-transaction',
    "Stores and removes on the store's own connection.",
    {
      'transactions.stores-inside': /find of the claimed key after rollback: expected null/,
      'transactions.removes-inside': /renew after rollback: expected true, saw false/,
    },
    withBound(fromOutside('store', 'remove')),
  ),
];
