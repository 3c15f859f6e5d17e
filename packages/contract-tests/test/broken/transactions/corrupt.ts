import { IdempotencyError } from '@idem/core';
import type { BrokenInMemory } from '../kit/broken-store.ts';
import { BoundStore } from './bound-store.ts';
import { brokenInTransactions } from './harness.ts';
import type { Shared } from './transaction.ts';
import { type RecordParts, withBound } from './with-bound.ts';

const damaged = new WeakMap<Shared, Set<string>>();

function damagedIn(shared: Shared): Set<string> {
  const known = damaged.get(shared) ?? new Set();
  damaged.set(shared, known);
  return known;
}

/** Mistakes about a record that cannot be read, met in a transaction. */
export const corruptInsideMistakes: readonly BrokenInMemory[] = [
  brokenInTransactions(
    'commits-what-meets-damage',
    'Commits what was written before when it meets what it cannot read in a transaction.',
    {
      'transactions.damage-inside-ends-nothing':
        /an effect of a transaction that was rolled back: expected false, saw true/,
    },
    {
      ...withBound(
        class extends BoundStore {
          protected override async record(...parts: RecordParts): Promise<boolean> {
            if (!damagedIn(this.shared).has(parts[0])) return super.record(...parts);
            this.tx.commit();
            throw new IdempotencyError('IDEM_RECORD_CORRUPT', 'It cannot be read.');
          }
        },
      ),
      also: (shared) => {
        const plant = async (key: string): Promise<void> => void damagedIn(shared).add(key);
        return { plant: { foreign: plant, damage: plant, part: async () => null } };
      },
    },
  ),
];
