import { absent } from '@idem/contract-tests';
import { describeStoreContract } from '@idem/contract-tests/vitest';
import type { ClaimResult, Inspection } from '@idem/core';
import { AbstractStore } from '@idem/core/adapter';
// Core's own tests stand on this store, and core cannot depend on the suite: here both are at hand.
import { TestStore } from '../../packages/core/test/support/test-store.ts';

let now = 0;
const shared = new TestStore(() => now);

/** A client of the one store, which outlives it. */
class Client extends AbstractStore {
  readonly supports = shared.supports;

  protected doFind(key: string): Promise<Uint8Array | null> {
    return shared.find(key);
  }
  protected doExists(key: string): Promise<boolean> {
    return shared.exists(key);
  }
  protected doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
    return shared.store(key, value, ttl);
  }
  protected doRemove(key: string): Promise<void> {
    return shared.remove(key);
  }
  protected doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
  ): Promise<ClaimResult> {
    return shared.claim(key, { token, lease, fingerprint: fingerprint ?? undefined });
  }
  protected doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
  ): Promise<boolean> {
    return shared.complete(key, token, value, ttl);
  }
  protected doRelease(key: string, token: string): Promise<boolean> {
    return shared.release(key, token);
  }
  protected doRenew(key: string, token: string, lease: number): Promise<boolean> {
    return shared.renew(key, token, lease);
  }
  protected doInspect(key: string): Promise<Inspection> {
    return shared.inspect(key);
  }
  protected async doClose(): Promise<void> {}
}

describeStoreContract({
  name: "the store of core's own tests",
  open: async () => new Client(),
  clock: {
    driven: true,
    now: async () => now,
    reach: async (instant) => {
      now = Math.max(now, instant);
    },
  },
  crash: absent('it is a Map'),
  faults: absent('it is a Map'),
  plant: absent('it is a Map'),
  processes: absent('it is a Map'),
  transactions: absent('a Map knows no transactions'),
});
