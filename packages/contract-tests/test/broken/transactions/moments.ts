import { type ClaimResult, IdempotencyError } from '@idem/core';
import { idOf, type Move } from '../../../src/moves.ts';
import type { BrokenInMemory } from '../kit/broken-store.ts';
import type { Claim, Store } from '../kit/parts.ts';
import type { Claimed, Row } from '../kit/reference-store.ts';
import { beforeTheWait } from './before-the-wait.ts';
import { BoundStore } from './bound-store.ts';
import { brokenInTransactions } from './harness.ts';
import { OutsideStore } from './outside-store.ts';
import { Transaction } from './transaction.ts';
import { type RecordParts, withBound } from './with-bound.ts';

/** Reads the clock as one move is sent, and not once it goes on. */
function clockBeforeTheWait(move: Move, id: string, seen: RegExp): BrokenInMemory {
  return brokenInTransactions(
    `clock-before-the-wait-in-${idOf(move)}`,
    `Reads the clock before it waits for a transaction in ${move}.`,
    { [`transactions.${id}`]: seen },
    {
      Store: class extends OutsideStore {
        protected override endOf(duration: number): number {
          return this.during(move) ? this.sent.at + duration : super.endOf(duration);
        }
      },
    },
  );
}

/** Reads the clock of one move in a transaction as that began. */
function clockOfTheTransaction(
  move: Move,
  caughtBy: Readonly<Record<string, RegExp>>,
): BrokenInMemory {
  return brokenInTransactions(
    `clock-of-the-transaction-in-${idOf(move)}`,
    `Goes in ${move} by the time at which the transaction began.`,
    caughtBy,
    withBound(
      class extends BoundStore {
        protected override now(): number {
          return this.during(move) ? this.tx.began : super.now();
        }
      },
    ),
  );
}

const heldFrom = (what: string): RegExp =>
  new RegExp(`after ${what} has waited: expected the holder's claim in progress`);

/** Mistakes about which moment counts, in one move each. */
export const momentMatrix: readonly BrokenInMemory[] = [
  clockOfTheTransaction('complete', {
    'transactions.lapse-is-seen-inside': /complete at the lease's end: expected false, saw true/,
    'transactions.ttl-counts-from-complete': /find after the commit: expected 6 bytes/,
  }),
  clockOfTheTransaction('store', {
    'transactions.store-inside-counts-from-now': /find after the commit: expected 6 bytes/,
  }),
  clockOfTheTransaction('find', {
    'transactions.reads-inside-go-by-now': /find at the end of the ttl: expected null/,
  }),
  clockOfTheTransaction('exists', {
    'transactions.reads-inside-go-by-now': /exists at the end of the ttl: expected false/,
  }),
  clockOfTheTransaction('remove', {
    'transactions.remove-inside-leaves-what-is-owed': /takeover of the next claim: expected true/,
  }),
  clockBeforeTheWait('store', 'waited-store-lives-its-ttl', /after store has waited: expected/),
  clockBeforeTheWait(
    'complete',
    'waited-complete-lives-its-ttl',
    /after complete has waited: expected/,
  ),
  clockBeforeTheWait('renew', 'waited-renew-holds-its-lease', heldFrom('renew')),
  clockBeforeTheWait('claim again', 'waited-claim-again-holds-its-lease', heldFrom('the claim')),
  clockBeforeTheWait('claim', 'waited-claim-holds-its-lease', heldFrom('the claim')),
  brokenInTransactions(
    'fences-of-the-lock',
    'Takes the fence from a clock that stands still while it waits for a transaction.',
    { 'transactions.waited-claims-have-growing-fences': /different fences: expected/ },
    {
      Store: class extends OutsideStore {
        readonly #locked = new Map<string, number>();
        protected override waits(key: string): boolean {
          const owner = this.shared.locks.get(this.place(key));
          if (owner !== undefined) this.#locked.set(key, owner.began);
          return super.waits(key);
        }
        protected override nextFence(row: Row): number {
          const locked = this.#locked.get(this.sent.key);
          return locked === undefined ? super.nextFence(row) : Math.floor(locked * 1_000);
        }
      },
    },
  ),
  ...beforeTheWait,
  brokenInTransactions(
    'waiting-remove-forgets',
    'Removes whatever is there when it had to wait.',
    {
      'transactions.waited-remove-leaves-what-is-owed': /takeover of the next claim: expected true/,
    },
    {
      Store: class extends OutsideStore {
        protected override async doRemove(key: string): Promise<void> {
          const waits = this.shared.locks.has(key);
          await super.doRemove(key);
          if (waits) this.row(key).record = undefined;
        }
      },
    },
  ),
  brokenInTransactions(
    'inspect-of-the-lock',
    'Takes a row that is locked for held when it is inspected.',
    { 'transactions.lapse-while-open-is-told': /inspect after the lapse: expected/ },
    {
      Store: class extends OutsideStore {
        protected override isOver(record: NonNullable<Row['record']>): boolean {
          const locked = this.during('inspect') && this.shared.locks.has(this.sent.key);
          return !locked && super.isOver(record);
        }
      },
    },
  ),
];

/** More of them, not of one move. */
export const momentMistakes: readonly BrokenInMemory[] = [
  brokenInTransactions(
    'ttl-from-the-commit',
    'Lets the ttl of what is recorded in a transaction run from the commit.',
    {
      'transactions.ttl-may-end-before-the-commit': /after the commit: a claim: expected acquired/,
    },
    {
      Tx: class extends Transaction {
        protected override write(): void {
          const later = this.shared.now() - this.began;
          for (const row of this.rows.values()) {
            const { record } = row;
            if (record?.state === 'completed') row.record = { ...record, end: record.end + later };
          }
          super.write();
        }
      },
    },
  ),
  brokenInTransactions(
    'snapshot-of-the-claim',
    'Completes by the claim as it was when the transaction began.',
    { 'transactions.overtaken-while-open': /by the overtaken holder: expected false, saw true/ },
    withBound(
      class extends BoundStore {
        readonly #before = new Map([...this.shared.rows].map(([at, row]) => [at, row.record]));
        protected override async record(...parts: RecordParts): Promise<boolean> {
          const [key, token, value, ttl] = parts;
          const before = this.#before.get(key);
          if (before?.state !== 'claimed' || before.token !== token) return super.record(...parts);
          await this.travel();
          this.finish(this.row(key), before, value, ttl);
          return true;
        }
      },
    ),
  ),
  brokenInTransactions(
    'lapsed-before-the-wait',
    'Takes over by what it found before it waited for a transaction, though that has committed.',
    { 'transactions.lease-may-end-before-the-commit': /a claim made meanwhile: expected/ },
    {
      Store: class extends OutsideStore {
        protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
          const [key, token, lease, fingerprint] = parts;
          const { record } = this.row(key);
          const lapsed = record?.state === 'claimed' && this.isOver(record);
          if (!lapsed || !this.shared.locks.has(key)) return super.doClaim(...parts);
          await this.shared.locks.get(key)?.over;
          return this.begin(this.row(key), token, lease, fingerprint);
        }
      },
    },
  ),
  brokenInTransactions(
    'fingerprint-of-the-lapsed',
    'Leaves the fingerprint of the lapsed holder to a claim that waited for its transaction.',
    { 'transactions.waited-claim-holds-its-lease': /fingerprint null, saw .*of-the-lapsed/ },
    {
      Store: class extends OutsideStore {
        protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
          const [key, token, lease, fingerprint] = parts;
          const waits = this.shared.locks.has(key);
          const left = this.row(key).record?.fingerprint ?? null;
          return super.doClaim(key, token, lease, waits ? left : fingerprint);
        }
      },
    },
  ),
  brokenInTransactions(
    'rollback-forgets-the-lapse',
    'Makes the key vacant when a transaction is rolled back whose lease has ended.',
    { 'transactions.lapse-while-open-is-told': /its takeover: expected true, saw false/ },
    {
      Tx: class extends Transaction {
        override rollback(): void {
          for (const place of this.rows.keys()) {
            const row = this.shared.rows.get(place);
            if (row?.record !== undefined && row.record.end <= this.shared.now()) {
              row.record = undefined;
            }
          }
          super.rollback();
        }
      },
    },
  ),
  brokenInTransactions(
    'refuses-old-transactions',
    'Refuses to store in a transaction that began more than a second ago.',
    { 'transactions.old-ones-work': /IDEM_STORE_FAILED: too old/ },
    withBound(
      class extends BoundStore {
        protected override doStore(...parts: Parameters<Store>): Promise<void> {
          if (this.now() > this.tx.began + 1_000) {
            throw new IdempotencyError('IDEM_STORE_FAILED', 'too old');
          }
          return super.doStore(...parts);
        }
      },
    ),
  ),
  brokenInTransactions(
    'holds-for-a-second',
    'Keeps a claim for a second, whatever hold was asked for.',
    { 'transactions.old-ones-work': /complete at snapshot, after 1100 ms: expected true/ },
    withBound(
      class extends BoundStore {
        protected override keep(row: Row, record: Claimed): void {
          row.record = { ...record, end: this.endOf(1_000) };
        }
      },
    ),
  ),
];
