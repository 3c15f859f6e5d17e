import { setImmediate } from 'node:timers/promises';
import type { ClaimResult } from '@idem/core';
import { type BrokenInMemory, broken } from './kit/broken-store.ts';
import type { Begin, Release, Store } from './kit/parts.ts';
import { ReferenceStore, type Row } from './kit/reference-store.ts';

/** Mistakes with what an ended record leaves behind. */
export const successorMistakes: readonly BrokenInMemory[] = [
  broken(
    'print-of-the-lapsed',
    'Leaves the fingerprint of a claim that lapsed for a takeover that gives none.',
    {
      'claim.takeover-leaves-nothing-of-the-lapsed':
        /the takeover: expected .*fingerprint null, saw .*of-the-lapsed/,
    },
    class extends ReferenceStore {
      protected override begin(...[row, token, lease, print]: Parameters<Begin>): ClaimResult {
        const left = row.record?.state === 'claimed' ? row.record.fingerprint : null;
        return super.begin(row, token, lease, print ?? left);
      }
    },
  ),
  broken(
    'print-of-the-expired',
    'Leaves the fingerprint of a result that expired for a claim that gives none.',
    { 'claim.expiry-leaves-nothing': /the next claim: expected .*null, saw .*of-the-first/ },
    class extends ReferenceStore {
      protected override begin(...[row, token, lease, print]: Parameters<Begin>): ClaimResult {
        const left = row.record?.state === 'completed' ? row.record.fingerprint : null;
        return super.begin(row, token, lease, print ?? left);
      }
    },
  ),
  broken(
    'print-under-what-is-stored',
    'Leaves the fingerprint and the token of a claim that lapsed under what store puts there.',
    { 'find-store.store-over-lapsed-is-whole': /what was stored: claim: expected .*null/ },
    class extends ReferenceStore {
      protected override async doStore(...parts: Parameters<Store>): Promise<void> {
        const row = this.row(parts[0]);
        const { record } = row;
        await super.doStore(...parts);
        const lapsed = record?.state === 'claimed' && this.isOver(record) ? record : undefined;
        if (lapsed === undefined || row.record?.state !== 'completed') return;
        row.record = { ...row.record, token: lapsed.token, fingerprint: lapsed.fingerprint };
      }
    },
  ),
  broken(
    'nothing-new-is-nothing-done',
    'Stores nothing where the same value is there already.',
    { 'find-store.store-of-the-same-value': /over a result: claim: expected .*null/ },
    class extends ReferenceStore {
      protected override async doStore(...parts: Parameters<Store>): Promise<void> {
        const record = this.live(this.row(parts[0]));
        const same = record?.state === 'completed' && Buffer.compare(record.value, parts[1]) === 0;
        if (!same) await super.doStore(...parts);
      }
    },
  ),
  broken(
    'values-under-a-claim',
    'Leaves the value of a result that expired in the row of the next claim, and takes it for completed when that is released.',
    {
      'claim.over-remnants-is-like-any-other':
        /release over a stored result that expired: expected true, saw false/,
    },
    class extends ReferenceStore {
      readonly #remnants = new WeakSet<Row>();
      protected override begin(...parts: Parameters<Begin>): ClaimResult {
        if (parts[0].record?.state === 'completed') this.#remnants.add(parts[0]);
        return super.begin(...parts);
      }
      protected override async doRelease(...parts: Parameters<Release>): Promise<boolean> {
        return !this.#remnants.has(this.row(parts[0])) && super.doRelease(...parts);
      }
    },
  ),
  broken(
    'releases-gathered-by-token',
    'Gathers the releases of a turn by their token, and sends the last of each.',
    { 'tokens.one-token-of-many-keys': /key 1 of one token, at once: a claim: expected acquired/ },
    class extends ReferenceStore {
      readonly #gathered = new Map<string, string>();
      protected override async doRelease(key: string, token: string): Promise<boolean> {
        this.#gathered.set(token, key);
        await setImmediate();
        return super.doRelease(this.#gathered.get(token) ?? key, token).then(() => true);
      }
    },
  ),
];
