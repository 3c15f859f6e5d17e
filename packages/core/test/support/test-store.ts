import { AbstractStore } from '../../src/adapter.ts';
import type { ClaimResult, Inspection, StoreSupport } from '../../src/index.ts';

type Operation =
  | 'find'
  | 'exists'
  | 'store'
  | 'remove'
  | 'claim'
  | 'complete'
  | 'release'
  | 'renew'
  | 'inspect';

type Entry =
  | {
      state: 'claimed';
      token: string;
      fingerprint: string | null;
      end: number;
      takeover: boolean;
      since: number;
    }
  | {
      state: 'completed';
      token: string | null;
      fingerprint: string | null;
      end: number;
      value: Uint8Array;
    };

/** What happens to one operation instead of, or around, what it does. */
export type Fault =
  /** Nothing reaches the store. */
  | { readonly when: 'before'; readonly error: unknown }
  /** It is done, and the reply is lost. */
  | { readonly when: 'after'; readonly error: unknown }
  /** It is answered once this resolves; what it does is done then. */
  | { readonly when: 'held'; readonly until: Promise<unknown> };

/** The contract on a Map, with its own clock and with faults that a test puts into it. */
export class TestStore extends AbstractStore {
  readonly supports: StoreSupport = {
    durability: { promised: false, reason: 'It is a Map.' },
    sharing: { promised: false, reason: 'It is a Map.' },
    wakeUp: { promised: false, reason: 'It is a Map.' },
  };
  /** The backend's clock, in milliseconds. */
  now: () => number;
  /** Every operation that reached the store, in order. */
  readonly log: { readonly operation: Operation; readonly key: string; readonly token?: string }[] =
    [];
  readonly entries: Map<string, Entry> = new Map();
  readonly #fences: Map<string, number> = new Map();
  readonly #faults: Map<Operation, Fault[]> = new Map();

  constructor(now: () => number = () => performance.now()) {
    super();
    this.now = now;
  }

  /** The next operations of this kind meet these faults, one each. */
  fail(operation: Operation, ...faults: Fault[]): void {
    this.#faults.set(operation, [...(this.#faults.get(operation) ?? []), ...faults]);
  }

  /** What is left of those faults does not happen. */
  heal(operation: Operation): void {
    this.#faults.delete(operation);
  }

  count(operation: Operation): number {
    return this.log.filter((entry) => entry.operation === operation).length;
  }

  /** Ends the lease or the life of a record now. */
  lapse(key: string): void {
    const entry = this.entries.get(key);
    if (entry !== undefined) entry.end = Number.NEGATIVE_INFINITY;
  }

  protected doFind(key: string): Promise<Uint8Array | null> {
    return this.#do('find', key, undefined, () => {
      const entry = this.#live(key);
      return entry?.state === 'completed' ? new Uint8Array(entry.value) : null;
    });
  }

  protected doExists(key: string): Promise<boolean> {
    return this.#do('exists', key, undefined, () => this.#live(key)?.state === 'completed');
  }

  protected doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
    return this.#do('store', key, undefined, () => {
      const end = this.now() + ttl;
      this.entries.set(key, { state: 'completed', token: null, fingerprint: null, end, value });
    });
  }

  protected doRemove(key: string): Promise<void> {
    return this.#do('remove', key, undefined, () => {
      // A claim that lapsed is vacant already, and its takeover stays owed.
      if (this.#live(key) !== undefined) this.entries.delete(key);
    });
  }

  protected doClaim(
    key: string,
    token: string,
    lease: number,
    said: string | null,
  ): Promise<ClaimResult> {
    return this.#do('claim', key, token, () => {
      const live = this.#live(key);
      // A claim that is repeated keeps the fingerprint that it was acquired with.
      const fingerprint = live === undefined ? said : live.fingerprint;
      if (live?.state === 'completed') {
        return {
          outcome: 'completed',
          value: new Uint8Array(live.value),
          fingerprint: live.fingerprint,
        };
      }
      if (live !== undefined && live.token !== token) {
        const leaseRemaining = Math.max(1, Math.ceil(live.end - this.now()));
        return { outcome: 'in-progress', fingerprint: live.fingerprint, leaseRemaining };
      }
      const fence = (this.#fences.get(key) ?? 0) + (live === undefined ? 1 : 0);
      const takeover = live?.takeover ?? this.entries.get(key)?.state === 'claimed';
      this.#fences.set(key, fence);
      const since = live?.state === 'claimed' ? live.since : this.now();
      const end = this.now() + lease;
      this.entries.set(key, { state: 'claimed', token, fingerprint, end, takeover, since });
      return { outcome: 'acquired', fence, takeover };
    });
  }

  protected doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
  ): Promise<boolean> {
    return this.#do('complete', key, token, () => {
      const live = this.#live(key);
      if (live?.token !== token) return false;
      if (live.state === 'claimed') {
        const { fingerprint } = live;
        this.entries.set(key, {
          state: 'completed',
          token,
          fingerprint,
          end: this.now() + ttl,
          value,
        });
      }
      return true;
    });
  }

  protected doRelease(key: string, token: string): Promise<boolean> {
    return this.#do('release', key, token, () => {
      const live = this.#live(key);
      return live?.state === 'claimed' && live.token === token && this.entries.delete(key);
    });
  }

  protected doRenew(key: string, token: string, lease: number): Promise<boolean> {
    return this.#do('renew', key, token, () => {
      const live = this.#live(key);
      if (live?.state !== 'claimed' || live.token !== token) return false;
      live.end = this.now() + lease;
      return true;
    });
  }

  protected doInspect(key: string): Promise<Inspection> {
    return this.#do('inspect', key, undefined, () => {
      const live = this.#live(key);
      if (live === undefined) {
        return { state: 'vacant', takeover: this.entries.get(key)?.state === 'claimed' };
      }
      const { fingerprint } = live;
      const left = Math.max(1, Math.ceil(live.end - this.now()));
      if (live.state === 'completed')
        return { state: 'completed', fingerprint, ttlRemaining: left };
      const { takeover, since } = live;
      const fence = this.#fences.get(key) ?? 0;
      const heldFor = Math.max(0, Math.floor(this.now() - since));
      return { state: 'claimed', fence, takeover, fingerprint, heldFor, leaseRemaining: left };
    });
  }

  protected async doClose(): Promise<void> {
    this.entries.clear();
  }

  #live(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    return entry !== undefined && entry.end > this.now() ? entry : undefined;
  }

  async #do<T>(
    operation: Operation,
    key: string,
    token: string | undefined,
    work: () => T,
  ): Promise<T> {
    const fault = this.#faults.get(operation)?.shift();
    if (fault?.when === 'before') throw fault.error;
    if (fault?.when === 'held') await fault.until;
    this.log.push({ operation, key, ...(token === undefined ? {} : { token }) });
    const result = work();
    if (fault?.when === 'after') throw fault.error;
    return result;
  }
}
