import type { ClaimResult } from '@idem/core';
import { IdempotencyError } from '@idem/core';
import { type BrokenInMemory, broken } from './kit/broken-store.ts';
import type { Claim, Complete, Release, Renew } from './kit/parts.ts';
import { ReferenceStore } from './kit/reference-store.ts';

export const concurrencyMistakes: readonly BrokenInMemory[] = [
  broken(
    'check-then-set',
    'Reads in one step and writes in another: GET, then SET.',
    {
      'concurrency.one-winner': /acquired of 16 claims at once: expected 1, saw 16/,
      'concurrency.one-winner-after-remove': /a freed key at once: expected 1, saw 16/,
      'concurrency.one-takeover': /a lapsed key at once: expected 1, saw 16/,
      'concurrency.holders-exclude-each-other': /holders at one time: expected 1/,
    },
    class extends ReferenceStore {
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        const [key, token, lease, fingerprint] = parts;
        await this.travel();
        const free = this.live(this.row(key)) === undefined;
        if (!free) return super.doClaim(...parts);
        await this.travel();
        return this.begin(this.row(key), token, lease, fingerprint);
      }
    },
  ),
  broken(
    'merge-without-holdlock',
    'Sees the key not matched in two sessions, and both insert.',
    { 'concurrency.same-token-is-one-claim': /how many fences they have: expected 1, saw/ },
    class extends ReferenceStore {
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        const [key, token, lease, fingerprint] = parts;
        await this.travel();
        const row = this.row(key);
        const matched = row.record !== undefined;
        await this.travel();
        if (matched) return super.doClaim(...parts);
        return this.begin(row, token, lease, fingerprint);
      }
    },
  ),
  broken(
    'takeover-in-two-steps',
    'Deletes a lapsed claim in one step and claims in another.',
    { 'concurrency.one-takeover': /a lapsed key at once: expected 1, saw/ },
    class extends ReferenceStore {
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        await this.travel();
        const row = this.row(parts[0]);
        if (row.record === undefined || !this.isOver(row.record)) return super.doClaim(...parts);
        await this.travel();
        const [, token, lease, fingerprint] = parts;
        return this.begin(row, token, lease, fingerprint);
      }
    },
  ),
  broken(
    'delete-then-insert',
    'Completes by deleting the claim and inserting the result.',
    { 'concurrency.claim-and-complete': /a claim meanwhile: expected not acquired/ },
    class extends ReferenceStore {
      protected override async doComplete(...parts: Parameters<Complete>): Promise<boolean> {
        const [key, token, value, ttl] = parts;
        await this.travel();
        const row = this.row(key);
        const record = this.held(row, token);
        if (record === undefined) return super.doComplete(...parts);
        row.record = undefined;
        await this.travel();
        this.finish(row, record, value, ttl);
        return true;
      }
    },
  ),
  broken(
    'complete-in-two-steps',
    'Compares the token in one step and completes in another.',
    {
      'concurrency.store-and-complete': /after both: find: expected 6 bytes/,
      'concurrency.remove-and-complete': /exists after both: expected false, saw true/,
      'concurrency.release-and-complete': /of both: expected exactly one true/,
    },
    class extends ReferenceStore {
      protected override async doComplete(...parts: Parameters<Complete>): Promise<boolean> {
        const [key, token, value, ttl] = parts;
        await this.travel();
        const record = this.held(this.row(key), token);
        if (record === undefined) return super.doComplete(...parts);
        await this.travel();
        this.finish(this.row(key), record, value, ttl);
        return true;
      }
    },
  ),
  broken(
    'renew-by-the-holders-watch',
    'Lets the holder judge by itself that its lease is running, and writes without a condition.',
    { 'concurrency.renew-and-takeover': /of renew and takeover: expected one at most/ },
    class extends ReferenceStore {
      protected override async doRenew(
        ...[key, token, lease]: Parameters<Renew>
      ): Promise<boolean> {
        const record = this.held(this.row(key), token);
        await this.travel();
        await this.travel();
        if (record !== undefined) this.row(key).record = { ...record, end: this.endOf(lease) };
        return record !== undefined;
      }
    },
  ),
  broken(
    'complete-by-the-holders-watch',
    'Lets the holder judge by itself that its lease is running, and completes without a condition.',
    { 'concurrency.complete-and-takeover': /of complete and takeover: expected one at most/ },
    class extends ReferenceStore {
      protected override async doComplete(...parts: Parameters<Complete>): Promise<boolean> {
        const [key, token, value, ttl] = parts;
        const record = this.held(this.row(key), token);
        await this.travel();
        await this.travel();
        if (record !== undefined) this.finish(this.row(key), record, value, ttl);
        return record !== undefined;
      }
    },
  ),
  broken(
    'one-token-per-client',
    'Keeps the token of the claim under way in the client, where the next claim writes its own.',
    { 'concurrency.keys-do-not-disturb': /of 30 at once: renew: expected true, saw false/ },
    class extends ReferenceStore {
      #token = '';
      protected override async doClaim(...parts: Parameters<Claim>): Promise<ClaimResult> {
        const [key, token, lease, fingerprint] = parts;
        this.#token = token;
        await this.travel();
        return super.doClaim(key, this.#token, lease, fingerprint);
      }
    },
  ),
  broken(
    'deadlocks-surface',
    'Hands a deadlock to the caller instead of trying again.',
    { 'concurrency.busy-key-ends-well': /among many on one key: expected an answer, saw an error/ },
    class extends ReferenceStore {
      protected override async doRelease(...parts: Parameters<Release>): Promise<boolean> {
        const before = this.row(parts[0]).record;
        await this.travel();
        if (this.row(parts[0]).record !== before) {
          throw new IdempotencyError('IDEM_STORE_BUSY', 'Transaction was deadlocked (1205)');
        }
        return super.doRelease(...parts);
      }
    },
  ),
  broken(
    'tidies-in-a-second-step',
    'Deletes in a second step what find has found to be over.',
    { 'concurrency.tidying-spares-what-is-new': /as find meets a result that expired: expected/ },
    class extends ReferenceStore {
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        const row = this.row(key);
        const over = row.record !== undefined && this.live(row) === undefined;
        const value = await super.doFind(key);
        await this.travel();
        if (over) this.row(key).record = undefined;
        return value;
      }
    },
  ),
];
