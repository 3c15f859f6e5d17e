import { IdempotencyError } from '@idem/core';
import type { BrokenInMemory } from '../kit/broken-store.ts';
import type { Store } from '../kit/parts.ts';
import type { Claimed, Completed } from '../kit/reference-store.ts';
import { BoundStore } from './bound-store.ts';
import { brokenInTransactions } from './harness.ts';
import { OutsideStore } from './outside-store.ts';
import { type RecordParts, withBound } from './with-bound.ts';

const INT32 = 2_147_483_647;

type Kept = (was: Claimed | Completed) => Partial<Completed>;

const LEFTOVERS: readonly (readonly [what: string, kept: Kept])[] = [
  ['token', ({ token }) => ({ token })],
  ['fingerprint', ({ fingerprint }) => ({ fingerprint })],
  ['end', ({ end }) => ({ end })],
];

/** Mistakes in a transaction about what is there already, and about rows that are not there yet. */
export const rowsThatAreThereMistakes: readonly BrokenInMemory[] = [
  brokenInTransactions(
    'old-ttl-inside',
    'Leaves the end that a result has when store replaces it in a transaction.',
    { 'transactions.store-inside-over-anything': /its ttl over a result: expected 9000000 ms/ },
    withBound(
      class extends BoundStore {
        protected override async doStore(...parts: Parameters<Store>): Promise<void> {
          const { record } = this.row(parts[0]);
          const was = this.shared.rows.get(this.place(parts[0]))?.record ?? record;
          await super.doStore(...parts);
          const row = this.row(parts[0]);
          const now = this.live(row);
          if (was?.state !== 'completed' || was.end <= this.now() || now === undefined) return;
          row.record = { ...now, end: was.end };
          this.tx.rows.set(this.place(parts[0]), row);
        }
      },
    ),
  ),
  brokenInTransactions(
    'clock-of-the-transaction-over-rows',
    'Counts the ttl of what store replaces in a transaction from when that began.',
    { 'transactions.store-inside-over-anything': /its ttl over what was released: expected/ },
    withBound(
      class extends BoundStore {
        protected override async doStore(...parts: Parameters<Store>): Promise<void> {
          const there = this.shared.rows.has(this.place(parts[0]));
          const late = there ? this.now() - this.tx.began : 0;
          const [key, value, ttl, signal] = parts;
          await super.doStore(key, value, ttl - late, signal);
        }
      },
    ),
  ),
  brokenInTransactions(
    '32-bits-inside',
    'Binds a ttl as 32 bits in a transaction.',
    {
      'transactions.long-times-inside': /what is left of (?:complete|store) with \d+ ms: expected/,
    },
    withBound(
      class extends BoundStore {
        protected override endOf(duration: number): number {
          return super.endOf(Math.min(duration, INT32));
        }
      },
    ),
  ),
  ...(['claim', 'store'] as const).map((move) =>
    brokenInTransactions(
      `clock-before-the-insert-in-${move}`,
      `Reads the clock before it waits for the insert of another in ${move}.`,
      {
        [`transactions.waited-${move}-of-a-fresh-key`]:
          /once \w+ has waited: expected "\w+", saw "vacant"/,
      },
      {
        Store: class extends OutsideStore {
          protected override endOf(duration: number): number {
            return this.during(move) ? this.sent.at + duration : super.endOf(duration);
          }
        },
      },
    ),
  ),
  brokenInTransactions(
    'conflicts-for-good',
    'Says of a conflict of snapshots that it will always be one.',
    {
      'transactions.read-before-a-heartbeat':
        /complete at snapshot: expected true, or a retryable rejection, saw an error/,
    },
    withBound(
      class extends BoundStore {
        protected override conflicted(): boolean {
          throw new IdempotencyError('IDEM_STORE_FAILED', 'The row was written since.');
        }
      },
    ),
  ),
  ...LEFTOVERS.map(([what, kept]) =>
    brokenInTransactions(
      `${what.replaceAll(' ', '-')}-left-inside`,
      `Leaves the ${what} of a claim to what store puts over it in a transaction.`,
      { 'transactions.every-move-inside': /inside {4}commit(?:.|\n)*✗ the contract allows: / },
      withBound(
        class extends BoundStore {
          protected override async doStore(...parts: Parameters<Store>): Promise<void> {
            const was = this.shared.rows.get(this.place(parts[0]))?.record;
            await super.doStore(...parts);
            const row = this.row(parts[0]);
            if (was === undefined || row.record?.state !== 'completed') return;
            row.record = { ...row.record, ...kept(was) };
            this.tx.rows.set(this.place(parts[0]), row);
          }
        },
      ),
    ),
  ),
  brokenInTransactions(
    'completes-again-inside',
    'Says true in a transaction of what the token had completed before.',
    { 'transactions.every-move-inside': /complete\(.*→ true(?:.|\n)*✗ the contract allows: false/ },
    withBound(
      class extends BoundStore {
        protected override async record(...parts: RecordParts): Promise<boolean> {
          const record = this.live(this.row(parts[0]));
          return (await super.record(...parts)) || record?.token === parts[1];
        }
      },
    ),
  ),
];
