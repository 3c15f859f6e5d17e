import type { Held } from '@idem/core';
import type { BrokenInMemory } from '../kit/broken-store.ts';
import type { Claimed, Row } from '../kit/reference-store.ts';
import { BoundStore } from './bound-store.ts';
import { brokenInTransactions } from './harness.ts';
import { OutsideStore } from './outside-store.ts';
import type { Transaction } from './transaction.ts';
import { withBound } from './with-bound.ts';

type HoldParts = [key: string, token: string, longest: number];

/** Mistakes about who keeps a claim while a transaction lasts. */
export const holdingMistakes: readonly BrokenInMemory[] = [
  brokenInTransactions(
    'locks-for-whoever-asks',
    'Locks the row in a snapshot, and does not look whose claim it is.',
    {
      'transactions.held-for-the-holder-alone':
        /hold by another token at snapshot: expected 'lost' or/,
      'transactions.hold-sees-the-lapse': /hold at the lease's end at snapshot: expected 'lost' or/,
    },
    withBound(
      class extends BoundStore {
        protected override async holding(...parts: HoldParts): Promise<Held> {
          const held = await super.holding(...parts);
          return held === 'lost' && this.tx.snapshot !== undefined ? 'held' : held;
        }
      },
    ),
  ),
  brokenInTransactions(
    'lost-when-renewed',
    'Tells the holder that the claim is lost where the transaction does not keep it.',
    { 'transactions.held-for-the-holder-alone': /hold by the holder: expected 'held' or/ },
    withBound(
      class extends BoundStore {
        protected override async holding(...parts: HoldParts): Promise<Held> {
          const held = await super.holding(...parts);
          return held === 'renewed' ? 'lost' : held;
        }
      },
    ),
  ),
  brokenInTransactions(
    'holds-what-is-completed',
    'Takes the token of a record that is completed for the holder of a claim.',
    {
      'transactions.held-for-the-holder-alone':
        /its token completed at snapshot: expected 'lost' or/,
    },
    withBound(
      class extends BoundStore {
        protected override async holding(...parts: HoldParts): Promise<Held> {
          const held = await super.holding(...parts);
          const record = this.live(this.row(parts[0]));
          return record?.token === parts[1] && this.tx.snapshot !== undefined ? 'held' : held;
        }
      },
    ),
  ),
  brokenInTransactions(
    'always-locks',
    'Locks the claim at every level, and says that it is renewed beside the transaction.',
    {
      'transactions.renewed-beside-is-renewed': /expected an answer while the transaction is open/,
    },
    withBound(
      class extends BoundStore {
        protected override async holding(...parts: HoldParts): Promise<Held> {
          await this.lock(this.place(parts[0]));
          const held = await super.holding(...parts);
          return held === 'held' ? 'renewed' : held;
        }
      },
    ),
  ),
  brokenInTransactions(
    'renewed-in-a-snapshot',
    'Leaves the lease to be renewed beside a snapshot, which then cannot complete.',
    { 'transactions.renewed-beside-is-renewed': /IDEM_STORE_FAILED/ },
    withBound(
      class extends BoundStore {
        protected override async holding(key: string, token: string): Promise<Held> {
          this.check();
          return this.held(this.row(key), token) === undefined ? 'lost' : 'renewed';
        }
      },
    ),
  ),
  brokenInTransactions(
    'hold-by-the-snapshot',
    'Judges the lease in hold by the time at which the transaction began.',
    { 'transactions.hold-sees-the-lapse': /at the lease's end at snapshot: expected 'lost' or/ },
    withBound(
      class extends BoundStore {
        protected override isOver(record: Claimed): boolean {
          return this.tx.began >= record.end;
        }
      },
    ),
  ),
  brokenInTransactions(
    'held-without-a-lock',
    'Says that the transaction keeps the claim, and only reads it.',
    {
      'transactions.held-outlasts-the-lease':
        /another's claim meanwhile at snapshot: expected not acquired/,
    },
    {
      Store: class extends OutsideStore {
        override inTransaction(tx: Transaction): BoundStore {
          return new HeldUnlocked(this.shared, tx);
        }
      },
    },
  ),
  brokenInTransactions(
    'held-for-a-lease',
    'Keeps others away while the transaction lasts, and refuses its own completion when the lease has ended.',
    {
      'transactions.held-outlasts-the-lease': /complete after the lease at snapshot: expected true/,
    },
    withBound(
      class extends BoundStore {
        protected override keep(): void {}
      },
    ),
  ),
  brokenInTransactions(
    'lengthened-for-good',
    'Lengthens the lease on a connection of its own, which no rollback takes back.',
    { 'transactions.held-ends-with-the-transaction': /at the lease's end at snapshot/ },
    withBound(
      class extends BoundStore {
        protected override keep(row: Row, record: Claimed, longest: number): void {
          super.keep(row, record, longest);
          const committed = this.shared.rows.get(this.place(this.key));
          if (committed !== undefined) committed.record = row.record;
        }
      },
    ),
  ),
  brokenInTransactions(
    'holds-in-no-transaction',
    'Asks on a connection of its own, and so does not see that the transaction is gone.',
    { 'transactions.held-while-open-alone': /hold after commit at snapshot: expected/ },
    withBound(
      class extends BoundStore {
        protected override check(): void {
          if (!this.holds) super.check();
        }
        holds = false;
        protected override async holding(...parts: HoldParts): Promise<Held> {
          this.holds = true;
          try {
            return await super.holding(...parts);
          } finally {
            this.holds = false;
          }
        }
      },
    ),
  ),
];

class HeldUnlocked extends BoundStore {
  protected override async holding(key: string, token: string): Promise<Held> {
    this.check();
    const row = this.shared.rows.get(this.place(key));
    const held = row !== undefined && this.held(row, token) !== undefined;
    if (!held) return 'lost';
    return this.tx.snapshot === undefined ? 'renewed' : 'held';
  }
}
