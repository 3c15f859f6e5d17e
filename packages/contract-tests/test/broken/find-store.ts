import { type BrokenStore, broken } from './kit/broken-store.ts';
import type { Store } from './kit/parts.ts';
import { ReferenceStore } from './kit/reference-store.ts';

export const findStoreMistakes: readonly BrokenStore[] = [
  broken(
    'row-is-existence',
    'Says that a key exists once anything was ever under it.',
    {
      'find-store.vacant-is-null': /exists of a key that was never used: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override async doExists(key: string): Promise<boolean> {
        await this.travel();
        return this.row(key) !== undefined;
      }
    },
  ),
  broken(
    'write-behind',
    'Acknowledges a store before it is written, and loses it.',
    { 'find-store.stored-is-found': /find after store: expected 6 bytes .*saw null/ },
    class extends ReferenceStore {
      protected override async doStore(): Promise<void> {
        await this.travel();
      }
    },
  ),
  broken(
    'claimed-exists',
    'Asks whether there is a record, not whether it is completed.',
    { 'find-store.claimed-is-not-found': /exists of a claimed key: expected false, saw true/ },
    class extends ReferenceStore {
      protected override async doExists(key: string): Promise<boolean> {
        await this.travel();
        return this.live(this.row(key)) !== undefined;
      }
    },
  ),
  broken(
    'two-places',
    'Keeps results and stored values in two places, and finds only the stored ones.',
    { 'find-store.completed-is-found': /find after complete: expected 9 bytes .*saw null/ },
    class extends ReferenceStore {
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        const value = await super.doFind(key);
        return this.row(key).record?.token === null ? value : null;
      }
    },
  ),
  broken(
    'store-if-absent',
    'Stores only where nothing is, as SET NX does.',
    {
      'find-store.store-replaces': /find after a second store: expected 6 bytes/,
      'find-store.store-completes-claimed': /after store over a claim: find: expected 6 bytes/,
    },
    class extends ReferenceStore {
      protected override async doStore(...parts: Parameters<Store>): Promise<void> {
        if (this.live(this.row(parts[0])) === undefined) await super.doStore(...parts);
      }
    },
  ),
  broken(
    'update-in-place',
    'Writes the new value into the row and leaves whose it was.',
    {
      'find-store.store-has-no-fingerprint': /over a completed record: claim: .*of-the-claim/,
      'find-store.store-has-no-token': /by the token that store replaced: expected false, saw true/,
      'find-store.store-voids-claim': /complete by the void claim: expected false, saw true/,
      'find-store.store-over-lapsed': /after store: claim: .*of-the-lapsed/,
    },
    class extends ReferenceStore {
      protected override async doStore(...parts: Parameters<Store>): Promise<void> {
        const old = this.row(parts[0]).record;
        await super.doStore(...parts);
        const row = this.row(parts[0]);
        if (old === undefined || row.record?.state !== 'completed') return;
        row.record = { ...row.record, token: old.token, fingerprint: old.fingerprint };
      }
    },
  ),
  broken(
    'flushes-all',
    'Removes everything when one key is removed.',
    { 'find-store.keys-are-independent': /left alone: expected 4 bytes .*saw null/ },
    class extends ReferenceStore {
      protected override async doRemove(): Promise<void> {
        await this.travel();
        this.backend.rows.clear();
      }
    },
  ),
  broken(
    'cached-misses',
    'Remembers in the client what it did not find.',
    { 'find-store.clients-share-records': /through another client: expected 5 bytes .*saw null/ },
    class extends ReferenceStore {
      readonly #missing = new Set<string>();
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        if (this.#missing.has(key)) return null;
        const value = await super.doFind(key);
        if (value === null) this.#missing.add(key);
        return value;
      }
    },
  ),
];
