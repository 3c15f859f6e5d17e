import { type BrokenStore, broken } from './kit/broken-store.ts';
import type { Complete, Store } from './kit/parts.ts';
import { ReferenceStore } from './kit/reference-store.ts';

export const removeMistakes: readonly BrokenStore[] = [
  broken(
    'remove-of-nothing-fails',
    'Reports it as a fault when there is nothing to remove.',
    {
      'remove.vacant-is-nothing': /the rule was ended by an error .*no such key/,
      'repetition.remove-is-the-same-again': /the rule was ended by an error .*no such key/,
    },
    class extends ReferenceStore {
      protected override async doRemove(key: string): Promise<void> {
        await this.travel();
        if (this.live(this.row(key)) === undefined) throw new Error('no such key');
        await super.doRemove(key);
      }
    },
  ),
  broken(
    'removes-claims-only',
    'Removes a claim and leaves a result.',
    {
      'remove.stored-becomes-vacant': /after remove: find: expected null/,
      'remove.completed-becomes-vacant': /after remove: find: expected null/,
    },
    class extends ReferenceStore {
      protected override async doRemove(key: string): Promise<void> {
        if (this.row(key).record?.state !== 'completed') await super.doRemove(key);
      }
    },
  ),
  broken(
    'removes-results-only',
    'Removes a result and leaves a claim.',
    {
      'remove.claimed-becomes-vacant': /after remove: a claim: expected acquired, saw in-progress/,
      'remove.voids-claim': /renew by the void claim: expected false, saw true/,
    },
    class extends ReferenceStore {
      protected override async doRemove(key: string): Promise<void> {
        if (this.row(key).record?.state !== 'claimed') await super.doRemove(key);
      }
    },
  ),
  broken(
    'removes-by-prefix',
    'Removes every key that begins like the one given.',
    { 'remove.only-this-key': /that begins with the removed one: find: expected 6 bytes/ },
    class extends ReferenceStore {
      protected override async doRemove(key: string): Promise<void> {
        await this.travel();
        for (const [name, row] of this.backend.rows) {
          if (name.startsWith(key)) row.record = undefined;
        }
      }
    },
  ),
  broken(
    'remove-forgets-lapse',
    'Deletes the row of a lapsed claim, and with it that somebody began and did not end.',
    {
      'claim.remove-cannot-hide-a-lapse':
        /takeover of a claim after a lapse and a remove: expected true, saw false/,
    },
    class extends ReferenceStore {
      protected override async doRemove(key: string): Promise<void> {
        await this.travel();
        this.row(key).record = undefined;
      }
    },
  ),
  broken(
    'tombstones',
    'Marks a key as removed and never takes it for anything else again.',
    { 'remove.may-be-used-again': /after a second store: find: expected 6 bytes .*saw null/ },
    class extends ReferenceStore {
      readonly #removed = new Set<string>();
      protected override async doRemove(key: string): Promise<void> {
        this.#removed.add(key);
        await super.doRemove(key);
      }
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        return this.#removed.has(key) ? null : super.doFind(key);
      }
    },
  ),
];

export const repetitionMistakes: readonly BrokenStore[] = [
  broken(
    'second-complete-is-late',
    'Tells a complete that is repeated that it has lost its lease.',
    {
      'repetition.complete-is-true-again': /the repeated complete: expected true, saw false/,
      'concurrency.completes-agree': /at once: expected \[true, true, true\], saw/,
      'cancellation.aborted-in-flight-is-legal': /repeated after the abort: expected true/,
    },
    class extends ReferenceStore {
      protected override async doComplete(...parts: Parameters<Complete>): Promise<boolean> {
        const [key, token, value, ttl] = parts;
        await this.travel();
        const row = this.row(key);
        const record = this.held(row, token);
        if (record !== undefined) this.finish(row, record, value, ttl);
        return record !== undefined;
      }
    },
  ),
  broken(
    'second-complete-overwrites',
    'Writes the value again when a complete is repeated.',
    {
      'repetition.complete-keeps-first-value': /after it: find: expected 5 bytes/,
      'repetition.complete-keeps-first-ttl': /find at the first ttl's end: expected null/,
    },
    class extends ReferenceStore {
      protected override async doComplete(...parts: Parameters<Complete>): Promise<boolean> {
        const [key, token, value, ttl] = parts;
        const done = await super.doComplete(...parts);
        const row = this.row(key);
        if (done && row.record !== undefined) {
          const was = { state: 'claimed', token, takeover: false, since: 0 } as const;
          this.finish(row, { ...row.record, ...was }, value, ttl);
        }
        return done;
      }
    },
  ),
  broken(
    'insert-only',
    'Stores with an INSERT, which fails where something is.',
    { 'repetition.store-is-the-same-again': /the rule was ended by .*duplicate key/ },
    class extends ReferenceStore {
      protected override async doStore(...parts: Parameters<Store>): Promise<void> {
        if (this.live(this.row(parts[0])) !== undefined) throw new Error('duplicate key');
        await super.doStore(...parts);
      }
    },
  ),
];
