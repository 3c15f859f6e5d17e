import type { ClaimResult } from '@idem/core';
import { type BrokenInMemory, broken } from './kit/broken-store.ts';
import type { Again, Begin, Claim, Conflict, Finish, Release, Store } from './kit/parts.ts';
import { ReferenceStore, type Row } from './kit/reference-store.ts';

/** Counts the claims of a key, without a clock: it forgets with the row. */
class CountingStore extends ReferenceStore {
  protected override nextFence(row: Row): number {
    return row.fence + 1;
  }
}

const greater = /expected each greater than the one before/;

export const fenceMistakes: readonly BrokenInMemory[] = [
  broken(
    'fractional-fence',
    'Makes the fence from a clock with fractions.',
    { 'claim.fence-is-whole': /the fence: expected a safe integer above 0/ },
    class extends ReferenceStore {
      protected override nextFence(row: Row): number {
        return super.nextFence(row) + 0.25;
      }
    },
  ),
  broken(
    'fence-in-milliseconds',
    'Makes the fence from the clock alone, so that two claims in one tick have the same.',
    {
      'claim.fence-grows-after-release': /after a release: expected greater than/,
      'claim.fence-grows-on-a-busy-key': /40 quick claims: expected each greater/,
      'concurrency.holders-exclude-each-other': /in order of holding: expected each greater/,
    },
    class extends ReferenceStore {
      protected override nextFence(): number {
        return Math.floor(this.now());
      }
    },
  ),
  broken(
    'release-forgets-the-fence',
    'Deletes the row on release, and the count begins anew.',
    { 'claim.fence-grows-after-release': /after a release: expected greater than 1/ },
    class extends CountingStore {
      protected override async doRelease(...parts: Parameters<Release>): Promise<boolean> {
        const released = await super.doRelease(...parts);
        if (released) this.row(parts[0]).fence = 0;
        return released;
      }
    },
  ),
  broken(
    'remove-forgets-the-fence',
    'Deletes the row on remove, and the count begins anew.',
    {
      'claim.fence-grows-after-remove': /after a removed claim: expected greater than 1/,
      'claim.fence-grows-after-completed-and-removed': /removed result: expected greater than 1/,
      'claim.fence-grows-after-store-and-remove': /store and remove: expected greater than 1/,
    },
    class extends CountingStore {
      protected override async doRemove(key: string): Promise<void> {
        await super.doRemove(key);
        this.row(key).fence = 0;
      }
    },
  ),
  broken(
    'store-forgets-the-fence',
    'Writes a whole new row on store, and the count begins anew.',
    {
      'claim.fence-grows-after-stored-expiry': greater,
      'claim.fence-grows-after-store-and-remove': /store and remove: expected greater than 1/,
    },
    class extends CountingStore {
      protected override async doStore(...parts: Parameters<Store>): Promise<void> {
        await super.doStore(...parts);
        this.row(parts[0]).fence = 0;
      }
    },
  ),
  broken(
    'completion-forgets-the-fence',
    'Replaces the claim by its result, and the count begins anew.',
    { 'claim.fence-grows-after-expiry': greater },
    class extends CountingStore {
      protected override finish(...[row, record, value, ttl]: Parameters<Finish>): void {
        super.finish(row, record, value, ttl);
        row.fence = 0;
      }
    },
  ),
  broken(
    'lapse-forgets-the-fence',
    'Purges lapsed claims with their count.',
    {
      'claim.fence-grows-after-lapse': greater,
      'claim.own-lapsed-token-is-a-new-claim': greater,
      'concurrency.one-takeover': /its fence: expected greater than/,
    },
    class extends CountingStore {
      protected override nextFence(row: Row): number {
        return row.record === undefined ? super.nextFence(row) : 1;
      }
    },
  ),
  broken(
    'fence-of-the-client',
    'Counts fences in the client.',
    { 'claim.fence-grows-across-clients': /through three clients: expected each greater/ },
    class extends ReferenceStore {
      #fence = 0;
      protected override nextFence(): number {
        this.#fence += 1;
        return this.#fence;
      }
    },
  ),
  broken(
    'new-fence-for-a-retry',
    'Gives a repeated claim a new fence, so that the first reply, come late, is out of date.',
    {
      'claim.own-token-acquires-again': /its fence: expected \d+, saw \d+/,
      'concurrency.same-token-is-one-claim': /how many fences they have: expected 1/,
      'renew.own-claim-is-true': /the fence after renew: expected/,
    },
    class extends ReferenceStore {
      protected override again(...[row, record, lease]: Parameters<Again>): ClaimResult {
        row.fence = this.nextFence(row);
        return super.again(row, record, lease);
      }
    },
  ),
  broken(
    'asking-costs-a-fence',
    "Raises the holder's fence whenever another asks.",
    {
      'claim.fence-is-kept-by-own-token-after-others-asked':
        /the fence after others asked: expected \d+, saw \d+/,
    },
    class extends ReferenceStore {
      protected override conflict(...[row, record, lease]: Parameters<Conflict>): ClaimResult {
        row.fence = this.nextFence(row);
        return super.conflict(row, record, lease);
      }
    },
  ),
  broken(
    'lapsed-token-resumes',
    'Lets a token go on whose lease has lapsed, as if nothing had happened.',
    { 'claim.own-lapsed-token-is-a-new-claim': greater },
    class extends ReferenceStore {
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        const [key, token, lease] = parts;
        const row = this.row(key);
        const { record } = row;
        if (record?.state !== 'claimed' || record.token !== token) return super.doClaim(...parts);
        await this.travel();
        return this.again(row, record, lease);
      }
    },
  ),
  broken(
    'takeover-for-every-row',
    'Takes any vacancy for a lapse.',
    {
      'claim.first-is-no-takeover': /takeover of the first claim: expected false, saw true/,
      'claim.no-takeover-after-release': /after a release: expected false, saw true/,
      'remove.vacant-is-nothing': /takeover of the first claim: expected false, saw true/,
      'repetition.release-leaves-vacant': /takeover of the next claim: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override isTakeover(): boolean {
        return true;
      }
    },
  ),
  broken(
    'never-a-takeover',
    'Deletes lapsed claims without a trace.',
    {
      'claim.takeover-after-lapse': /after a lapse: expected true, saw false/,
      'claim.takeover-after-every-lapse': /second claim: expected true, saw false/,
      'expiry.shortest': /takeover after a lease of 1 ms: expected true, saw false/,
    },
    class extends ReferenceStore {
      protected override isTakeover(): boolean {
        return false;
      }
    },
  ),
  broken(
    'takeover-once',
    'Tells of the first lapse of a key only.',
    { 'claim.takeover-after-every-lapse': /third claim: expected true, saw false/ },
    class extends ReferenceStore {
      protected override isTakeover(row: Row): boolean {
        return row.record?.state === 'claimed' && !row.record.takeover;
      }
    },
  ),
  broken(
    'takeover-told-once',
    'Tells of a takeover in the first reply only.',
    {
      'claim.takeover-is-repeated': /its takeover: expected true, saw false/,
      'renew.takeover-survives-renew': /takeover after renew: expected true, saw false/,
    },
    class extends ReferenceStore {
      protected override again(...[row, record, lease]: Parameters<Again>): ClaimResult {
        return super.again(row, { ...record, takeover: false }, lease);
      }
    },
  ),
  broken(
    'release-by-ending-the-lease',
    'Releases by letting the lease end now, so that the next claim takes it for a crash.',
    {
      'claim.no-takeover-after-release': /after a release: expected false, saw true/,
      'claim.no-takeover-after-settled-takeover': /was released: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override async doRelease(...[key, token]: Parameters<Release>): Promise<boolean> {
        await this.travel();
        const row = this.row(key);
        const record = this.held(row, token);
        if (record !== undefined) row.record = { ...record, end: this.now() };
        return record !== undefined;
      }
    },
  ),
  broken(
    'remove-by-ending-the-lease',
    'Removes by letting everything end now.',
    { 'claim.no-takeover-after-remove': /after a removed claim: expected false, saw true/ },
    class extends ReferenceStore {
      protected override async doRemove(key: string): Promise<void> {
        await this.travel();
        const row = this.row(key);
        if (row.record !== undefined) row.record = { ...row.record, end: this.now() };
      }
    },
  ),
  broken(
    'expiry-is-a-lapse',
    'Takes an expired result for a lapsed claim.',
    { 'claim.no-takeover-after-expiry': /completed record expired: expected false, saw true/ },
    class extends ReferenceStore {
      protected override isTakeover(row: Row): boolean {
        return row.record !== undefined;
      }
    },
  ),
  broken(
    'late-release-clears-the-lapse',
    'Lets a holder that lost its lease clear the trace of it.',
    { 'claim.late-holder-cannot-hide-its-lapse': /takeover of the next claim: expected true/ },
    class extends ReferenceStore {
      protected override async doRelease(...[key, token]: Parameters<Release>): Promise<boolean> {
        const released = await super.doRelease(key, token);
        const row = this.row(key);
        if (row.record?.token === token && this.isOver(row.record)) row.record = undefined;
        return released;
      }
    },
  ),
  broken(
    'lapse-forgotten-in-an-hour',
    'Remembers a lapsed claim for an hour.',
    { 'claim.lapse-is-remembered-for-a-day': /a day after the lapse: expected true, saw false/ },
    class extends ReferenceStore {
      protected override begin(
        ...[row, token, lease, fingerprint]: Parameters<Begin>
      ): ClaimResult {
        if (row.record !== undefined && this.now() - row.record.end > 3_600_000) {
          row.record = undefined;
        }
        return super.begin(row, token, lease, fingerprint);
      }
    },
  ),
];
