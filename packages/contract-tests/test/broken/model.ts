import type { ClaimResult } from '@idem/core';
import { type BrokenStore, broken } from './kit/broken-store.ts';
import { type Claimed, ReferenceStore, type Row } from './kit/reference-store.ts';

const sequence = (pattern: RegExp): Readonly<Record<string, RegExp>> => ({
  'model.any-sequence': pattern,
});
const inTime = (pattern: RegExp): Readonly<Record<string, RegExp>> => ({
  'model.any-sequence-in-time': pattern,
});

/** Mistakes that take a sequence to show; the last line of each pattern is the shortest sequence's end. */
export const brokenForModel: readonly BrokenStore[] = [
  broken(
    'a removed claim still completes',
    'remove deletes the result but leaves a claim where it is.',
    sequence(/remove\(k1\) .*→ done\n.*the contract allows/s),
    class extends ReferenceStore {
      protected override async doRemove(key: string): Promise<void> {
        const row = this.row(key);
        if (row.record?.state === 'completed') row.record = undefined;
      }
    },
  ),
  broken(
    'the second completion wins',
    'A repeated complete replaces the value that was recorded.',
    sequence(/complete\(.*complete\(/s),
    class extends ReferenceStore {
      protected override async doComplete(
        key: string,
        token: string,
        value: Uint8Array,
        ttl: number,
      ): Promise<boolean> {
        const row = this.row(key);
        const record = this.live(row);
        if (record === undefined || record.token !== token) return false;
        const { fingerprint, end } = record;
        this.finish(
          row,
          { state: 'claimed', token, fingerprint, takeover: false, since: 0, end },
          value,
          ttl,
        );
        return true;
      }
    },
  ),
  broken(
    'the repeated claim drops a takeover',
    'Claiming again with the own token answers takeover: false, whatever it was.',
    inTime(/acquired, fence \d+\n.*the contract allows: acquired, fence \d+, takeover/s),
    class extends ReferenceStore {
      protected override again(row: Row, record: Claimed, lease: number): ClaimResult {
        return super.again(row, { ...record, takeover: false }, lease);
      }
    },
  ),
  broken(
    'the repeated completion prolongs the record',
    'A repeated complete starts the ttl anew.',
    inTime(/complete\(.*complete\(/s),
    class extends ReferenceStore {
      protected override async doComplete(
        key: string,
        token: string,
        value: Uint8Array,
        ttl: number,
      ): Promise<boolean> {
        const done = await super.doComplete(key, token, value, ttl);
        const row = this.row(key);
        if (done && row.record !== undefined) row.record = { ...row.record, end: this.endOf(ttl) };
        return done;
      }
    },
  ),
];
