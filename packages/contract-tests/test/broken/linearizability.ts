import { setImmediate } from 'node:timers/promises';
import type { ClaimResult } from '@idem/core';
import { type BrokenStore, broken } from './kit/broken-store.ts';
import { ReferenceStore } from './kit/reference-store.ts';

const inexplicable = /No order explains these answers/;

/** Mistakes that only show when operations overlap. */
export const brokenForLinearizability: readonly BrokenStore[] = [
  broken(
    'check, then set',
    'A claim reads the key, and writes it in a second step.',
    { 'linearizability.many-clients': inexplicable, 'linearizability.one-holder': inexplicable },
    class extends ReferenceStore {
      protected override async doClaim(
        key: string,
        token: string,
        lease: number,
        fingerprint: string | null,
      ): Promise<ClaimResult> {
        const row = this.row(key);
        const vacant = this.live(row) === undefined;
        await setImmediate();
        if (vacant) return this.begin(row, token, lease, fingerprint);
        return super.doClaim(key, token, lease, fingerprint);
      }
    },
  ),
  broken(
    'check the token, then delete',
    'A release compares the token, and deletes in a second step whatever is there by then.',
    { 'linearizability.many-clients': inexplicable },
    class extends ReferenceStore {
      protected override async doRelease(key: string, token: string): Promise<boolean> {
        const row = this.row(key);
        if (this.held(row, token) === undefined) return false;
        await setImmediate();
        row.record = undefined;
        return true;
      }
    },
  ),
  broken(
    'a fence taken before the wait',
    'A claim takes its fence as it is sent, and gives it when its turn comes.',
    { 'linearizability.one-holder': inexplicable },
    class extends ReferenceStore {
      protected override async doClaim(
        key: string,
        token: string,
        lease: number,
        fingerprint: string | null,
      ): Promise<ClaimResult> {
        const row = this.row(key);
        const fence = this.nextFence(row);
        const result = await super.doClaim(key, token, lease, fingerprint);
        if (result.outcome !== 'acquired' || result.fence < fence) return result;
        row.fence = fence;
        return { ...result, fence };
      }
    },
  ),
  broken(
    'a find from a replica',
    'find reads a copy, which is brought up to date afterwards.',
    { 'linearizability.many-clients': inexplicable },
    class extends ReferenceStore {
      protected override async doFind(key: string): Promise<Uint8Array | null> {
        await this.travel();
        const record = this.row(`copy of ${key}`).record;
        this.row(`copy of ${key}`).record = this.live(this.row(key));
        return record?.state === 'completed' ? this.answer(record.value) : null;
      }
    },
  ),
  broken(
    'an aborted operation is undone',
    'When its caller gives up on a claim, the store removes whatever is at the key by then.',
    { 'linearizability.given-up': inexplicable },
    class extends ReferenceStore {
      protected override async doClaim(
        key: string,
        token: string,
        lease: number,
        fingerprint: string | null,
        signal?: AbortSignal,
      ): Promise<ClaimResult> {
        const result = await super.doClaim(key, token, lease, fingerprint, signal);
        await setImmediate();
        if (signal?.aborted === true) this.row(key).record = undefined;
        return result;
      }
    },
  ),
  broken(
    'a lease that ends early',
    'A claim of another takes over when half of the lease is gone.',
    { 'linearizability.lapsing': inexplicable },
    class extends ReferenceStore {
      protected override endOf(duration: number): number {
        return this.now() + Math.ceil(duration / 2);
      }
    },
  ),
];
