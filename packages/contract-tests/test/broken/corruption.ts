import { setImmediate as setTurn } from 'node:timers/promises';
import type { DamagedPart, Harness } from '@idem/contract-tests';
import { type ClaimResult, IdempotencyError } from '@idem/core';
import { type BrokenStore, drivenClock, memoryHarness } from './kit/broken-store.ts';
import type { Begin } from './kit/parts.ts';
import { type Backend, ReferenceStore, type Row } from './kit/reference-store.ts';

/** Names in whose place stands what nobody can read, and which part of it is damaged. */
const unreadable = new WeakMap<Backend['rows'], Map<string, string>>();

const PARTS = ['state', 'fence', 'token', 'fingerprint', 'value'];

function unreadableIn(backend: Backend): Map<string, string> {
  const known = unreadable.get(backend.rows) ?? new Map();
  unreadable.set(backend.rows, known);
  return known;
}

/** A store with no mistake over a backend that can hold what it did not write. */
export class PlantedStore extends ReferenceStore {
  protected override row(key: string): Row {
    if (unreadableIn(this.backend).has(key)) this.report(key);
    return super.row(key);
  }

  protected report(_key: string): void {
    throw new IdempotencyError(
      'IDEM_RECORD_CORRUPT',
      'The record cannot be read; remove clears it.',
    );
  }

  protected clear(key: string): void {
    unreadableIn(this.backend).delete(key);
  }

  protected override async doRemove(key: string): Promise<void> {
    this.clear(key);
    super.row(key).record = undefined;
  }
}

export function plantedHarness(name: string, Store: typeof PlantedStore = PlantedStore): Harness {
  const { now, clock } = drivenClock();
  const backend: Backend = { rows: new Map(), now };
  const plant = async (key: string): Promise<void> => {
    unreadableIn(backend).set(key, 'all');
  };
  const part = async (key: string, nth: number): Promise<DamagedPart | null> => {
    const name = PARTS[nth];
    if (name === undefined) return null;
    unreadableIn(backend).set(key, name);
    return { name, valueOnly: name === 'value' };
  };
  return {
    ...memoryHarness(name),
    clock,
    open: async () => new Store(backend),
    plant: { foreign: plant, damage: plant, part },
  };
}

const everywhere = (says: RegExp): Readonly<Record<string, RegExp>> => ({
  'corruption.foreign-record-is-reported': says,
  'corruption.damaged-result-is-reported': says,
  'corruption.damaged-claim-is-reported': says,
});

/** Mistakes with records that cannot be read. */
export const brokenForCorruption: readonly BrokenStore[] = [
  planted(
    'worth another try',
    'Says of a record that cannot be read that one may try again.',
    { 'corruption.foreign-record-is-reported': /retryable: expected false, saw true/ },
    class extends PlantedStore {
      protected override report(): void {
        throw new IdempotencyError('IDEM_RECORD_CORRUPT', 'Try again.', { retryable: true });
      }
    },
  ),
  planted(
    'errors that show what is damaged',
    'Says of a record that cannot be read what stands in it.',
    { 'corruption.damaged-claim-is-reported': /expected neither the value nor the token in its/ },
    class extends PlantedStore {
      protected override report(key: string): void {
        const record = JSON.stringify(this.backend.rows.get(key));
        throw new IdempotencyError('IDEM_RECORD_CORRUPT', `${record} cannot be read.`);
      }
    },
  ),
  planted(
    'the unreadable is purged',
    'Deletes with each claim what has no end that it could read, and so is not in time.',
    { 'corruption.foreign-record-stays': /a foreign record, later: .*expected a rejection/ },
    class extends PlantedStore {
      protected override begin(...parts: Parameters<Begin>): ClaimResult {
        unreadableIn(this.backend).clear();
        return super.begin(...parts);
      }
    },
  ),
  planted(
    'the unreadable is vacant',
    'What cannot be read is taken for nothing, so the key executes again.',
    everywhere(
      /claim on a .*: expected a rejection with IDEM_RECORD_CORRUPT, saw it resolve to acquired/,
    ),
    class extends PlantedStore {
      protected override report(key: string): void {
        this.clear(key);
        this.row(key).record = undefined;
      }
    },
  ),
  planted(
    'the unreadable is a value',
    'find answers the bytes that are there, whatever they are.',
    everywhere(
      /find on a .*: expected a rejection with IDEM_RECORD_CORRUPT, saw it resolve to 3 bytes/,
    ),
    class extends PlantedStore {
      protected override async doFind(): Promise<Uint8Array | null> {
        return Uint8Array.of(0x7b, 0x22, 0x7d);
      }
    },
  ),
  planted(
    'reported once',
    'The first operation reports the record and deletes it.',
    everywhere(/, again: expected a rejection with IDEM_RECORD_CORRUPT/),
    class extends PlantedStore {
      protected override report(key: string): void {
        this.clear(key);
        super.report(key);
      }
    },
  ),
  planted(
    'store writes over it',
    'store puts its record in the place of what it cannot read.',
    everywhere(/store on a .*: expected a rejection with IDEM_RECORD_CORRUPT/),
    class extends PlantedStore {
      protected override async doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
        this.clear(key);
        await super.doStore(key, value, ttl);
      }
    },
  ),
  planted(
    'a claim for ever in progress',
    'A claim of what cannot be read waits for its end.',
    everywhere(/claim on a .*saw it resolve to in-progress/),
    class extends PlantedStore {
      protected override async doClaim(
        key: string,
        token: string,
        lease: number,
        fingerprint: string | null,
      ): Promise<ClaimResult> {
        if (!unreadableIn(this.backend).has(key))
          return super.doClaim(key, token, lease, fingerprint);
        return { outcome: 'in-progress', fingerprint: null, leaseRemaining: lease };
      }
    },
  ),
  planted(
    'a remove that reads first',
    'remove leaves what it takes for a claim that has lapsed, because its damaged fence says so.',
    { 'corruption.remove-clears-each-part': /ended by an error IDEM_RECORD_CORRUPT/ },
    class extends PlantedStore {
      protected override async doRemove(key: string): Promise<void> {
        if (unreadableIn(this.backend).get(key) !== 'fence') await super.doRemove(key);
      }
    },
  ),
  ...PARTS.map((name) =>
    planted(
      `the ${name} is trusted`,
      `Believes the ${name} of a record whatever it is.`,
      {
        'corruption.each-part-of-a-result': new RegExp(
          `a result whose ${name} is damaged: expected`,
        ),
        'corruption.each-part-of-a-claim': new RegExp(`a claim whose ${name} is damaged: expected`),
      },
      class extends PlantedStore {
        protected override report(key: string): void {
          if (unreadableIn(this.backend).get(key) !== name) super.report(key);
        }
      },
    ),
  ),
  planted(
    'no way out',
    'remove reports the record as well, and nothing can clear it.',
    { 'corruption.remove-clears': /IDEM_RECORD_CORRUPT/ },
    class extends PlantedStore {
      protected override async doRemove(key: string): Promise<void> {
        this.row(key).record = undefined;
      }
    },
  ),
  planted(
    'no way out of what has lapsed',
    'remove leaves a claim that has lapsed, whose takeover is owed, though it cannot be read.',
    { 'corruption.remove-clears': /ended by an error IDEM_RECORD_CORRUPT/ },
    class extends PlantedStore {
      protected override async doRemove(key: string): Promise<void> {
        const { record } = this.backend.rows.get(key) ?? {};
        const lapsed = record?.state === 'claimed' && record.end <= this.backend.now();
        if (!lapsed) await super.doRemove(key);
      }
    },
  ),
  planted(
    'one for all',
    'Rejects whoever asks in the same turn as one whose record cannot be read.',
    { 'corruption.damaged-among-others': /of another, at once: expected its own answer/ },
    class extends PlantedStore {
      #bad = false;
      protected override report(key: string): void {
        this.#bad = true;
        setImmediate(() => {
          this.#bad = false;
        });
        super.report(key);
      }
      protected override async travel(signal?: AbortSignal): Promise<void> {
        await super.travel(signal);
        await setTurn();
        if (this.#bad) super.report('');
      }
    },
  ),
];

function planted(
  name: string,
  mistake: string,
  caughtBy: Readonly<Record<string, RegExp>>,
  Store: typeof PlantedStore,
): BrokenStore {
  return { name, mistake, caughtBy, harness: () => plantedHarness(name, Store) };
}
