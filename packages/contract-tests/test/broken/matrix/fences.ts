import type { ClaimResult } from '@idem/core';
import { idOf, type Move } from '../../../src/moves.ts';
import { type BrokenStore, broken } from '../kit/broken-store.ts';
import type { Begin } from '../kit/parts.ts';
import { ReferenceStore, type Row } from '../kit/reference-store.ts';
import { TracedStore } from '../kit/traced-store.ts';

/** When the last claim of a row ended. */
const ended = new WeakMap<Row, number>();

/** Counts on from the row's fence, and remembers when a claim ended. */
class Counting extends TracedStore {
  protected override nextFence(row: Row): number {
    return row.fence + 1;
  }
  protected override wakeUp(key: string): void {
    ended.set(this.row(key), this.now());
    super.wakeUp(key);
  }
}

const ENDINGS: readonly Move[] = ['release', 'remove', 'complete', 'store'];
const AGES: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  month: 30 * 86_400_000,
};

const everywhere = (says: RegExp): Record<string, RegExp> =>
  Object.fromEntries(ENDINGS.map((ending) => [`claim.fences-after-${idOf(ending)}`, says]));

/** Mistakes about fences, after one way in which a claim ends. */
export const fenceMatrixMistakes: readonly BrokenStore[] = [
  ...ENDINGS.map((ending) =>
    broken(
      `fence-forgotten-with-${ending}`,
      `Begins to count anew once ${ending} ended a claim.`,
      { [`claim.fences-after-${ending}`]: /of quick claim 2 of .*: expected a whole number above/ },
      class extends Counting {
        protected override wakeUp(key: string): void {
          if (this.during(ending)) this.row(key).fence = 0;
          super.wakeUp(key);
        }
      },
    ),
  ),
  ...Object.entries(AGES).map(([name, age]) =>
    broken(
      `fence-forgotten-in-a-${name}`,
      `Forgets the fence of a key that has been vacant for a ${name}.`,
      everywhere(/minutes after the last claim had ended: expected/),
      class extends Counting {
        protected override begin(...parts: Parameters<Begin>): ClaimResult {
          const [row] = parts;
          if (this.now() - (ended.get(row) ?? this.now()) >= age) row.fence = 0;
          return super.begin(...parts);
        }
      },
    ),
  ),
  broken(
    'fence-forgotten-with-the-end',
    'Sweeps what has ended an hour ago, and the fence with it.',
    {
      'claim.fences-after-an-expiry': /the fence after an expiry: expected above/,
      'claim.fences-after-a-lapse': /the fence after a lapse: expected above/,
    },
    class extends Counting {
      protected override begin(...parts: Parameters<Begin>): ClaimResult {
        const [row] = parts;
        if (row.record !== undefined && this.now() - row.record.end >= 3_600_000) row.fence = 0;
        return super.begin(...parts);
      }
    },
  ),
  broken(
    'fence-of-a-float',
    'Makes the fence from the clock with 24 bits of it.',
    everywhere(/of quick claim \d+ of .*: expected a whole number above/),
    class extends ReferenceStore {
      protected override nextFence(): number {
        return Math.fround(Math.floor(this.now() * 1_000));
      }
    },
  ),
  broken(
    'fence-of-the-clock-alone',
    'Makes the fence from the clock alone, which may stand still between two claims.',
    everywhere(/of quick claim 2 of .*: expected a whole number above/),
    class extends ReferenceStore {
      protected override nextFence(): number {
        return Math.floor(this.now() * 1_000);
      }
    },
  ),
];
