import type { ClaimResult } from '@idem/core';
import { type BrokenInMemory, broken } from './kit/broken-store.ts';
import type { Again, Begin, Finish, Renew } from './kit/parts.ts';
import { ReferenceStore, type Row } from './kit/reference-store.ts';
import { TracedStore } from './kit/traced-store.ts';

const everyMove = (says: RegExp): Record<string, RegExp> => ({
  'model.every-move-in-every-situation': says,
});

const owed = new WeakMap<Row, boolean>();

/** Owes a takeover for what a key has been through, and not for what stands in its row. */
class Owing extends TracedStore {
  protected readonly owed = owed;

  protected override isTakeover(row: Row): boolean {
    return super.isTakeover(row) || (this.owed.get(row) ?? false);
  }
}

const OWED = /takeover.*\n +✗ the contract allows: .*no takeover$/m;
const FORGOTTEN = /(?:vacant|fence \d+)\n +✗ the contract allows: .*takeover/;

/** Mistakes that show in one situation and no other, with either clock. */
export const situationMistakes: readonly BrokenInMemory[] = [
  broken(
    'owed-past-an-expired-result',
    'Still owes a takeover once the result of one has expired.',
    everyMove(OWED),
    class extends Owing {
      protected override finish(...[row, record, value, ttl]: Parameters<Finish>): void {
        this.owed.set(row, record.takeover);
        super.finish(row, record, value, ttl);
      }
      protected override async doRemove(key: string): Promise<void> {
        await super.doRemove(key);
        this.owed.delete(this.row(key));
      }
    },
  ),
  broken(
    'owed-past-what-was-stored-over-a-lapse',
    'Still owes a takeover once what was stored over a lapsed claim has expired.',
    everyMove(OWED),
    class extends Owing {
      protected override async doStore(
        ...parts: Parameters<ReferenceStore['doStore']>
      ): Promise<void> {
        const row = this.row(parts[0]);
        const lapsed = super.isTakeover(row) && this.live(row) === undefined;
        await super.doStore(...parts);
        this.owed.set(row, lapsed);
      }
    },
  ),
  broken(
    'owed-past-a-released-takeover',
    'Still owes a takeover once one that was renewed was released.',
    everyMove(OWED),
    class extends Owing {
      protected override async doRenew(...parts: Parameters<Renew>): Promise<boolean> {
        const renewed = await super.doRenew(...parts);
        const row = this.row(parts[0]);
        if (renewed && row.record?.state === 'claimed') this.owed.set(row, row.record.takeover);
        return renewed;
      }
    },
  ),
  broken(
    'forgets-the-lapse-of-a-renewed-claim',
    'Remembers no lapse of a claim that was claimed again by its token.',
    everyMove(FORGOTTEN),
    class Claiming extends ReferenceStore {
      static readonly #again = new WeakSet<Row>();
      protected override again(...[row, record, lease]: Parameters<Again>): ClaimResult {
        Claiming.#again.add(row);
        return super.again(row, record, lease);
      }
      protected override isTakeover(row: Row): boolean {
        return super.isTakeover(row) && !Claiming.#again.has(row);
      }
    },
  ),
  broken(
    'forgets-the-lapse-of-its-own-token',
    'Takes a token that comes back after its lease for the holder that never went.',
    everyMove(FORGOTTEN),
    class extends ReferenceStore {
      protected override begin(...parts: Parameters<Begin>): ClaimResult {
        const [row, token] = parts;
        if (row.record?.token === token) row.record = undefined;
        return super.begin(...parts);
      }
    },
  ),
  broken(
    'fingerprint-of-the-released',
    'Gives a claim without a fingerprint the one that the token had when it released the key.',
    everyMove(/fingerprint|f-t1/),
    class Remembering extends ReferenceStore {
      static readonly #prints = new Map<string, string>();
      protected override begin(
        ...[row, token, lease, fingerprint]: Parameters<Begin>
      ): ClaimResult {
        if (fingerprint !== null) Remembering.#prints.set(token, fingerprint);
        return super.begin(
          row,
          token,
          lease,
          fingerprint ?? Remembering.#prints.get(token) ?? null,
        );
      }
    },
  ),
  broken(
    'the-longer-of-two-leases',
    'Lets a claim by its own token, or a result, only lengthen what was there.',
    everyMove(/the contract allows/),
    class extends TracedStore {
      protected override again(...[row, record, lease]: Parameters<Again>): ClaimResult {
        const result = super.again(row, record, lease);
        if (row.record !== undefined && row.record.end < record.end) {
          row.record = { ...row.record, end: record.end };
        }
        return result;
      }
    },
  ),
];
