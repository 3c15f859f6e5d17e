import type { ClaimResult } from '@idem/core';
import { idOf, type Move } from '../../../src/moves.ts';
import type { BrokenStore } from '../kit/broken-store.ts';
import type { Claim, Complete } from '../kit/parts.ts';
import { BoundStore } from './bound-store.ts';
import { brokenInTransactions } from './harness.ts';
import { OutsideStore } from './outside-store.ts';
import { type Shared, Transaction } from './transaction.ts';
import { type RecordParts, withBound } from './with-bound.ts';

/** Goes by what is committed, and does not wait for the transaction that is about to change it. */
function unwaiting(move: Move, id: string, seen: RegExp): BrokenStore {
  return brokenInTransactions(
    `${idOf(move)}-beside-a-lock`,
    `Does ${move} without the lock that transactions take.`,
    { [`transactions.${id}`]: seen },
    {
      Store: class extends OutsideStore {
        protected override waits(key: string): boolean {
          return !this.during(move) && super.waits(key);
        }
      },
    },
  );
}

/** Mistakes about what goes on beside an open transaction. */
export const companyMistakes: readonly BrokenStore[] = [
  unwaiting('renew', 'renew-waits', /renew, commit: expected false, saw true/),
  unwaiting('release', 'release-waits', /release, commit: expected false, saw true/),
  unwaiting('store', 'store-and-remove-wait', /find of the stored key, commit: expected/),
  unwaiting('remove', 'store-and-remove-wait', /exists of the removed key, commit: expected false/),
  brokenInTransactions(
    'locked-is-in-progress',
    'Takes a row that a transaction has locked for held by another, whoever asks.',
    {
      'transactions.own-claim-beside': /the claim, rollback: expected .*acquired/,
      'transactions.complete-waits': /complete outside, commit: expected true, saw false/,
    },
    {
      Store: class extends OutsideStore {
        protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
          if (!this.shared.locks.has(parts[0])) return super.doClaim(...parts);
          return { outcome: 'in-progress', fingerprint: null, leaseRemaining: 1 };
        }
        protected override async doComplete(...parts: Parameters<Complete>): Promise<boolean> {
          return !this.shared.locks.has(parts[0]) && super.doComplete(...parts);
        }
      },
    },
  ),
  brokenInTransactions(
    'own-claim-by-what-it-read',
    'Answers a claim by its own token by what it read before it waited.',
    { 'transactions.own-claim-beside': /the claim, commit: expected .*completed/ },
    {
      Store: class extends OutsideStore {
        protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
          const row = this.row(parts[0]);
          const [held, { fence }] = [this.held(row, parts[1]), row];
          const result = await super.doClaim(...parts);
          if (held === undefined || result.outcome !== 'completed') return result;
          return { outcome: 'acquired', fence, takeover: held.takeover };
        }
      },
    },
  ),
  brokenInTransactions(
    'locked-is-vacant',
    'Steps over rows that a transaction has locked, and takes the key for vacant.',
    {
      'transactions.no-stranger-acquires': /another's claim, commit: expected not acquired/,
      'transactions.own-claim-beside': /the claim, commit: expected/,
    },
    {
      Store: class extends OutsideStore {
        protected override live(row: ReturnType<OutsideStore['row']>) {
          const locked = this.during('claim') && this.shared.locks.has(this.sent.key);
          return locked ? undefined : super.live(row);
        }
        protected override waits(key: string): boolean {
          return !this.during('claim') && !this.during('claim again') && super.waits(key);
        }
        protected override again(
          ...[row, record, lease]: Parameters<OutsideStore['again']>
        ): ClaimResult {
          const locked = this.shared.locks.has(this.sent.key);
          if (!locked) return super.again(row, record, lease);
          return this.begin(row, record.token, lease, record.fingerprint);
        }
      },
    },
  ),
  brokenInTransactions(
    'false-for-a-conflict',
    'Takes a row that was renewed since the snapshot for one that is not held.',
    { 'transactions.heartbeat-beside': /complete at snapshot: expected true, saw false/ },
    withBound(
      class extends BoundStore {
        protected override conflicted(): boolean {
          return false;
        }
      },
    ),
  ),
  brokenInTransactions(
    'no-locks',
    'Two transactions write the same row, and the last commit wins.',
    {
      'transactions.two-transactions-one-key': /complete in the second, commit: expected false/,
    },
    withBound(
      class extends BoundStore {
        protected override async lock(place: string): Promise<void> {
          this.shared.locks.set(place, this.tx);
        }
      },
    ),
  ),
  brokenInTransactions(
    'rolled-back-together',
    'A rollback takes back what any transaction has written.',
    {
      'transactions.two-transactions-two-keys': /find of the committed one: expected/,
    },
    {
      Tx: class extends Transaction {
        override rollback(): void {
          for (const owner of this.shared.locks.values()) owner.rows.clear();
          super.rollback();
        }
      },
    },
  ),
  brokenInTransactions(
    'one-transaction-at-a-time',
    'Promises that other keys go on, and locks the table.',
    { 'transactions.other-keys-go-on': /claim: expected an answer while the transaction is open/ },
    {
      Store: class extends OutsideStore {
        protected override async travel(signal?: AbortSignal): Promise<void> {
          await super.travel(signal);
          for (const owner of this.shared.locks.values()) await owner.over;
        }
      },
    },
  ),
  brokenInTransactions(
    'locks-of-buckets',
    'Promises that other keys go on, and locks one of eight buckets for a key.',
    { 'transactions.other-keys-go-on': /claim.*: expected an answer while the transaction is/ },
    {
      Store: class extends OutsideStore {
        protected override async travel(signal?: AbortSignal): Promise<void> {
          await super.travel(signal);
          const own = bucketOf(this.sent.key);
          for (const [place, owner] of this.shared.locks) {
            if (bucketOf(place) === own) await owner.over;
          }
        }
      },
    },
  ),
  brokenInTransactions(
    'bound-to-the-last',
    'Writes in the transaction to which the client was bound last.',
    { 'transactions.many-transactions-at-once': /find of number 1: expected null/ },
    {
      Store: class extends OutsideStore {
        readonly #last: { tx?: Transaction } = {};
        override inTransaction(tx: Transaction): BoundStore {
          this.#last.tx = tx;
          return new BoundToLast(this.shared, tx, this.#last);
        }
      },
    },
  ),
];

function bucketOf(key: string): number {
  return [...key].reduce((sum, letter) => (sum % 9_973) * 31 + (letter.codePointAt(0) ?? 0), 7) % 8;
}

class BoundToLast extends BoundStore {
  readonly #last: { readonly tx?: Transaction };

  constructor(shared: Shared, tx: Transaction, last: { readonly tx?: Transaction }) {
    super(shared, tx);
    this.#last = last;
  }

  protected override record(...parts: RecordParts): Promise<boolean> {
    return new BoundStore(this.shared, this.#last.tx ?? this.tx).complete(...parts);
  }
}
