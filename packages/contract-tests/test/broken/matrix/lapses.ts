import type { ClaimResult } from '@idem/core';
import { idOf, type Move } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import type { Begin } from '../kit/parts.ts';
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

/** Looks at two more rows with each claim, round and round, and deletes those. */
function purging(isOver: (row: Row, now: number) => boolean): typeof TracedStore {
  return class extends TracedStore {
    #waiting: string[] = [];
    protected override nextFence(row: Row): number {
      return row.fence + 1;
    }
    protected override begin(...parts: Parameters<Begin>): ClaimResult {
      const { rows } = this.backend;
      if (this.#waiting.length === 0) this.#waiting = [...rows.keys()];
      for (const place of this.#waiting.splice(-2)) {
        const row = rows.get(place);
        if (row !== undefined && row !== parts[0] && isOver(row, this.now())) rows.delete(place);
      }
      return super.begin(...parts);
    }
  };
}

/** Mistakes about how long a lapse is remembered, by one move each. */
export const lapseMatrix: readonly BrokenStore[] = [
  ...GIVING.map((move) =>
    broken(
      `lapse-counts-from-the-claim-after-${idOf(move)}`,
      `Remembers the lapse of a lease that ${move} gave for a day from when the claim began.`,
      { 'claim.lapse-remembered-from-its-end': new RegExp(`, by ${move}: expected`) },
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
      { 'claim.lapse-remembered-beside-what-comes-late': new RegExp(`a late ${move}: expected`) },
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
  broken(
    'purged-by-its-age',
    'Deletes, at each claim, two rows whose claim was a week ago, whatever they are.',
    { 'expiry.purging-takes-what-is-over-alone': /after weeks: .*expected/ },
    purging((row, now) => row.record?.state === 'claimed' && now - row.record.since > 7 * DAY),
  ),
  broken(
    'purged-with-its-fence',
    'Deletes, at each claim, two rows that are vacant, and counts fences from one.',
    { 'expiry.purging-takes-what-is-over-alone': /its fence, by another client: expected/ },
    purging((row) => row.record === undefined),
  ),
];
