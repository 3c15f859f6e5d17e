import { setImmediate } from 'node:timers/promises';
import type { BrokenInMemory } from '../kit/broken-store.ts';
import type { Store } from '../kit/parts.ts';
import { BoundStore } from './bound-store.ts';
import { brokenInTransactions } from './harness.ts';
import { OutsideStore } from './outside-store.ts';
import { withBound } from './with-bound.ts';

/** Mistakes of a transaction that those show who have no part in it, or another one. */
export const beyondMistakes: readonly BrokenInMemory[] = [
  brokenInTransactions(
    'silent-commits',
    'Makes the bound store without what tells the watchers.',
    { 'transactions.commit-wakes': /a commit of complete: expected whoever watches to be woken/ },
    withBound(
      class extends BoundStore {
        protected override wakeUp(): void {}
      },
    ),
  ),
  brokenInTransactions(
    'wakes-before-the-commit',
    'Wakes who watches with the operation in the transaction, and not when it is committed.',
    { 'transactions.commit-wakes': /a commit of complete: expected whoever watches to be woken/ },
    withBound(
      class extends BoundStore {
        protected override wakeUp(key: string): void {
          super.wakeUp(key);
          this.tx.onceCommitted.pop()?.();
        }
      },
    ),
  ),
  brokenInTransactions(
    'purges-inside-without-a-day',
    'Deletes, with each store in a transaction, whatever has ended by now.',
    {
      'transactions.inside-leaves-what-others-are-owed':
        /takeover of what lapsed before a transaction: expected true, saw false/,
    },
    withBound(
      class extends BoundStore {
        protected override async doStore(...parts: Parameters<Store>): Promise<void> {
          await super.doStore(...parts);
          for (const [place, { record }] of this.shared.rows) {
            if (record !== undefined && this.isOver(record)) this.shared.rows.delete(place);
          }
        }
      },
    ),
  ),
  brokenInTransactions(
    'times-corrected-afterwards',
    'Gives what is there its ttl in a second step, once it is clear when the first had its turn.',
    {
      'transactions.waited-together-keep-their-own-times':
        /the ttl of what one of two that waited left: expected its own, \d+ ms, saw/,
    },
    {
      Store: class extends OutsideStore {
        protected override async doStore(...parts: Parameters<Store>): Promise<void> {
          await super.doStore(...parts);
          // What is longer takes longer.
          for (let turn = 0; turn < parts[1].length; turn += 1) await setImmediate();
          const row = this.row(parts[0]);
          if (row.record?.state !== 'completed') return;
          row.record = { ...row.record, end: this.now() + parts[2] };
        }
      },
    },
  ),
];
