import type { ClaimResult } from '@idem/core';
import type { BrokenInMemory } from '../kit/broken-store.ts';
import type { Claim, Release } from '../kit/parts.ts';
import { brokenInTransactions } from './harness.ts';
import { OutsideStore } from './outside-store.ts';

/** Mistakes of what waited for a transaction, and goes by what it saw before. */
export const beforeTheWait: readonly BrokenInMemory[] = [
  brokenInTransactions(
    'lease-read-without-the-lock',
    'Judges by the lease that it read before it had the lock.',
    {
      'transactions.renewal-beside-a-waiting-claim': /of renew and takeover: expected one at most/,
    },
    {
      Store: class extends OutsideStore {
        protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
          const [key, token, lease, fingerprint] = parts;
          const { record } = this.row(key);
          const { locks } = this.shared;
          if (record?.state !== 'claimed' || record.token === token || !locks.has(key)) {
            return super.doClaim(...parts);
          }
          // The lock is had once nobody else waits for it.
          for (let owner = locks.get(key); owner !== undefined; owner = locks.get(key)) {
            await owner.over;
            await this.travel();
          }
          if (this.now() < record.end) return super.doClaim(...parts);
          return this.begin(this.row(key), token, lease, fingerprint);
        }
      },
    },
  ),
  brokenInTransactions(
    'lapse-judged-before-the-wait',
    'Judges in a claim that waits whether the lease is over by the clock of before the wait.',
    {
      'transactions.claim-again-beside-a-waiting-claim': /acquired: expected one of the two/,
    },
    {
      Store: class extends OutsideStore {
        protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
          const [key, token, lease, fingerprint] = parts;
          const { record, fence } = this.row(key);
          const asked = this.now();
          const owner = this.shared.locks.get(key);
          if (record?.state !== 'claimed' || owner === undefined) return super.doClaim(...parts);
          await owner.over;
          const row = this.row(key);
          if (row.record?.state !== 'claimed' || row.fence !== fence)
            return super.doClaim(...parts);
          if (asked >= record.end) return this.begin(row, token, lease, fingerprint);
          return record.token === token
            ? this.again(row, row.record, lease)
            : super.doClaim(...parts);
        }
      },
    },
  ),
  brokenInTransactions(
    'released-before-the-wait',
    'Answers a release by what it found before it waited.',
    { 'transactions.waited-release-is-of-one-moment': /release that was true: expected false/ },
    {
      Store: class extends OutsideStore {
        protected override async doRelease(...parts: Parameters<Release>): Promise<boolean> {
          const held = this.held(this.row(parts[0]), parts[1]) !== undefined;
          await super.doRelease(...parts);
          return held;
        }
      },
    },
  ),
];
