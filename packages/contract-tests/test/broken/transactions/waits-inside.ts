import { idOf, type Move } from '../../../src/moves.ts';
import type { BrokenInMemory } from '../kit/broken-store.ts';
import { BoundStore } from './bound-store.ts';
import { brokenInTransactions } from './harness.ts';
import { OutsideStore } from './outside-store.ts';
import { withBound } from './with-bound.ts';

/** Goes, in one move in a transaction, by the time at which that was sent. */
function sentInside(move: Move, caughtBy: Readonly<Record<string, RegExp>>): BrokenInMemory {
  return brokenInTransactions(
    `clock-before-the-wait-inside-in-${idOf(move)}`,
    `Reads the clock before it waits in ${move} in a transaction.`,
    caughtBy,
    withBound(
      class extends BoundStore {
        #sent = 0;
        protected override as<T>(current: Move, work: () => T, key: string): T {
          this.#sent = this.shared.now();
          return super.as(current, work, key);
        }
        protected override now(): number {
          return this.during(move) ? this.#sent : super.now();
        }
      },
    ),
  );
}

/** Judges, in one move outside of transactions, by the time at which that was sent. */
function sentOutside(move: Move, id: string, says: RegExp): BrokenInMemory {
  return brokenInTransactions(
    `judged-before-the-wait-in-${idOf(move)}`,
    `Judges ${move} by a clock from before it waited for a transaction.`,
    { [`transactions.${id}`]: says },
    {
      Store: class extends OutsideStore {
        protected override now(): number {
          return this.during(move) ? this.sent.at : super.now();
        }
      },
    },
  );
}

/** Mistakes about the moment at which what has waited goes on, in one move each. */
export const waitInsideMistakes: readonly BrokenInMemory[] = [
  sentInside('complete', {
    'transactions.waited-complete-inside-sees-the-lapse': /past its lease: expected not true/,
    'transactions.waited-complete-inside-lives-its-ttl': /find after complete has waited: expected/,
  }),
  sentInside('remove', {
    'transactions.waited-remove-inside-leaves-what-is-owed': /takeover of the next claim: expected/,
  }),
  sentOutside('remove', 'waited-remove-past-a-lease', /takeover of the next claim: expected true/),
  sentOutside(
    'release',
    'waited-release-sees-the-lapse',
    /release, once it has waited .*: expected false/,
  ),
  sentOutside(
    'renew',
    'waited-release-sees-the-lapse',
    /renew, once it has waited .*: expected false/,
  ),
  brokenInTransactions(
    'clock-of-the-first-operation',
    'Reads the clock at the first operation of a transaction, and never again.',
    {
      'transactions.each-operation-inside-has-its-moment': /after other operations: expected false/,
    },
    withBound(
      class extends BoundStore {
        #first: number | undefined;
        protected override now(): number {
          this.#first ??= this.shared.now();
          return this.#first;
        }
      },
    ),
  ),
];
