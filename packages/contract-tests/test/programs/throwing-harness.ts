import type { Harness } from '@idem/contract-tests';
import { memoryHarness } from '../broken/kit/broken-store.ts';
import { ReferenceStore } from '../broken/kit/reference-store.ts';

/** Throws where nobody listens, once for each release, and leaves a rejection alone for each renewal. */
class ThrowsElsewhere extends ReferenceStore {
  protected override async doRelease(key: string, token: string): Promise<boolean> {
    // Before the release is answered, so that its rule is under way.
    process.nextTick(() => {
      throw new Error('of the socket');
    });
    return super.doRelease(key, token);
  }
  protected override async doRenew(key: string, token: string, lease: number): Promise<boolean> {
    Promise.reject(new Error('of the heartbeat'));
    return super.doRenew(key, token, lease);
  }
}

const harness: Harness = {
  ...memoryHarness('a store that throws elsewhere', ThrowsElsewhere),
  close: async () => {
    console.error('the harness is closed');
  },
};

export default harness;
