import { idOf, type Move } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import type { Row } from '../kit/reference-store.ts';
import { TracedStore } from '../kit/traced-store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const GIVING: readonly Move[] = ['claim', 'claim again', 'renew'];
const LATE: readonly Move[] = [
  ...(['complete', 'complete again', 'release', 'remove', 'inspect'] as const),
];

/** The last move that gave the claim of a row its lease, and when what came too late came. */
const given = new WeakMap<Row, Move>();
const late = new WeakMap<Row, number>();

class Remembering extends TracedStore {
  protected override as<T>(move: Move, work: () => T, key: string): T {
    const row = this.row(key);
    if (GIVING.includes(move)) given.set(row, move);
    const lapsed = row.record?.state === 'claimed' && this.isOver(row.record);
    if (lapsed && this.isLate(move) && !late.has(row)) late.set(row, this.now());
    return super.as(move, work, key);
  }
  protected isLate(_move: Move): boolean {
    return false;
  }
}

/** Mistakes about how long a lapse is remembered, by one move each. */
export const lapseMatrix: readonly BrokenStore[] = [
  ...GIVING.map((move) =>
    broken(
      `lapse-counts-from-the-claim-after-${idOf(move)}`,
      `Remembers the lapse of a lease that ${move} gave for a day from when the claim began.`,
      { [`claim.lapse-remembered-after-${idOf(move)}`]: /a day after the lapse of .*: expected/ },
      class extends Remembering {
        protected override isTakeover(row: Row): boolean {
          const { record } = row;
          const old = record?.state === 'claimed' && this.now() - record.since >= DAY;
          return (
            super.isTakeover(row) &&
            !(old && given.get(row) === move && record.end < record.since + 2 * DAY)
          );
        }
      },
    ),
  ),
  ...LATE.map((move) =>
    broken(
      `lapse-forgotten-after-a-late-${idOf(move)}`,
      `Forgets a lapse two hours after ${move} came too late.`,
      { [`claim.lapse-remembered-beside-${idOf(move)}`]: /a day after a lapse and .*: expected/ },
      class extends Remembering {
        protected override isLate(current: Move): boolean {
          return current === (move === 'complete again' ? 'complete' : move);
        }
        protected override isTakeover(row: Row): boolean {
          const since = late.get(row);
          const forgotten = since !== undefined && this.now() - since > 2 * HOUR;
          return super.isTakeover(row) && !forgotten;
        }
      },
    ),
  ),
];
