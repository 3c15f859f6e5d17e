import type { Harness } from '@idem/contract-tests';
import type { StoreSupport } from '@idem/core';
import { type BrokenStore, memoryHarness } from './kit/broken-store.ts';
import { type Backend, ReferenceStore, type Row } from './kit/reference-store.ts';

/** The reference store, promising what the backend of the harness keeps. */
export class DurableStore extends ReferenceStore {
  override readonly supports: StoreSupport = {
    durability: { promised: true },
    sharing: { promised: false, reason: 'the records are in the memory of one process' },
    wakeUp: { promised: true },
  };
}

/** The same with fences that count on, and owe nothing to the clock. */
export class CountingStore extends DurableStore {
  protected override nextFence(row: Row): number {
    return row.fence + 1;
  }
}

type Rows = Map<string, Row>;

/** When the backend crashes, by its own clock. */
export interface Crashes {
  readonly now: number;
}

type Keep = (rows: Rows, crashes: Crashes) => Rows;

/** A backend that keeps, at a crash, what `kept` makes of what it had before. */
export function durableHarness(
  name: string,
  kept: Keep = (rows) => rows,
  Store: typeof DurableStore = DurableStore,
): Harness {
  const rows: Rows = new Map();
  let now = Date.UTC(2030, 0, 1);
  const backend: Backend = { rows, now: () => now };
  return {
    ...memoryHarness(name),
    open: async () => new Store(backend),
    clock: {
      driven: true,
      now: async () => now,
      reach: async (instant) => {
        now = Math.max(now, instant);
      },
    },
    crash: async () => {
      const after = kept(new Map(rows), { now });
      rows.clear();
      for (const [key, row] of after) rows.set(key, row);
      return 'killed';
    },
  };
}

/** Mistakes that a crash shows. */
export const brokenForDurability: readonly BrokenStore[] = [
  durable(
    'everything is forgotten',
    'The backend keeps nothing at a crash, though the store promises it.',
    {
      'durability.results-survive': /find of a completed record: expected 6 bytes .*, saw null/,
      'durability.claims-survive':
        /after the crash: expected the holder's claim in progress .*, saw acquired/,
    },
    () => new Map(),
  ),
  durable(
    'claims are forgotten',
    'Only results are kept: after a crash another executes what was under way.',
    { 'durability.claims-survive': /saw acquired/ },
    (rows) => changed(rows, (row) => (row.record?.state === 'claimed' ? undefined : row)),
  ),
  durable(
    'fences begin anew',
    'The counter that fences come from is not kept.',
    { 'durability.fences-rise-across-crashes': /its fence: expected more than/ },
    (rows) => changed(rows, (row) => ({ ...row, fence: 0 })),
  ),
  durable(
    'the last ending is lost',
    'Releases and removals are written later than they are acknowledged.',
    {
      'durability.endings-survive':
        /a claim of what was released: expected acquired, saw in-progress/,
    },
    (rows) =>
      changed(rows, (row) => ({
        ...row,
        record: row.record ?? {
          state: 'claimed',
          token: 'of-one-who-has-released',
          fingerprint: null,
          takeover: false,
          since: 0,
          end: Number.POSITIVE_INFINITY,
        },
      })),
  ),
];

function changed(rows: Rows, change: (row: Row) => Row | undefined): Rows {
  const after: Rows = new Map();
  for (const [key, row] of rows) {
    const left = change(row);
    if (left !== undefined) after.set(key, left);
  }
  return after;
}

export function durable(
  name: string,
  mistake: string,
  caughtBy: Readonly<Record<string, RegExp>>,
  kept: Keep,
  Store?: typeof DurableStore,
): BrokenStore {
  return { name, mistake, caughtBy, harness: () => durableHarness(name, kept, Store) };
}
