import type { ClaimResult, Completed, Inspection, StoreSupport, Unwatch } from '@idem/core';
import { AbstractStore, type AnswersAtOnce, refuse } from '@idem/core/adapter';
import { checkOptions, type MemoryStoreOptions } from './options.ts';
import { Records } from './records.ts';
import { optionsFromUrl } from './url.ts';

/** What a memory store holds. Expired records count until a later operation drops them. */
export interface MemoryUsage {
  /** Live records: claimed and completed. */
  readonly entries: number;
  /** Their bytes, as `maxBytes` counts them. */
  readonly bytes: number;
  /** Lapsed claims that are remembered for `takeover`. */
  readonly lapsed: number;
}

/**
 * An idempotency-key store in the memory of this process, for tests, for development and for an
 * application that is one process and may forget its keys when it ends.
 *
 * It is bounded and has no timer. When it is full, a new claim, and a `store` that needs more room,
 * are refused with `IDEM_STORE_FULL`; a live record is never dropped. A completion needs no new
 * entry, and its claim set 1,024 bytes aside; a larger result that finds no room is refused with
 * `IDEM_STORE_FULL` too: the claim is kept, so the same completion may be tried again until the
 * lease ends.
 */
export class MemoryStore extends AbstractStore implements AnswersAtOnce {
  readonly supports: StoreSupport = {
    durability: { promised: false, reason: 'The records end with the process.' },
    sharing: { promised: false, reason: 'The records are in the memory of one process.' },
    wakeUp: { promised: true },
  };

  readonly #records: Records;

  /** Rejects bad options with `IDEM_INVALID_OPTIONS`. */
  constructor(options: MemoryStoreOptions = {}) {
    super();
    const checked = checkOptions(options);
    this.#records =
      'shareWith' in checked ? MemoryStore.#shared(checked.shareWith) : new Records(checked);
  }

  static #shared(store: unknown): Records {
    if (store instanceof MemoryStore) return store.#records;
    refuse('IDEM_INVALID_OPTIONS', store, 'a MemoryStore', 'options.shareWith');
  }

  /**
   * Opens a store of its own from a URL: `memory:`, or `memory:?maxEntries=1000&maxBytes=1000000`.
   * Rejects anything else with `IDEM_INVALID_OPTIONS`.
   */
  static async connect(url: string | URL): Promise<MemoryStore> {
    return new MemoryStore(optionsFromUrl(url));
  }

  /** What the store holds now. */
  get usage(): MemoryUsage {
    const { live, lapsed } = this.#records;
    return { entries: live.entries, bytes: live.bytes, lapsed: lapsed.entries };
  }

  /** What is kept is copied as it is kept. */
  protected override own(value: Uint8Array): Uint8Array {
    return value;
  }

  protected async doFind(key: string): Promise<Uint8Array | null> {
    return this.#records.find(key);
  }

  protected async doExists(key: string): Promise<boolean> {
    return this.#records.exists(key);
  }

  protected async doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
    this.#records.store(key, value, ttl);
  }

  protected async doRemove(key: string): Promise<void> {
    this.#records.remove(key);
  }

  'idem:resultAtOnce'(key: string, claim: unknown): Completed | undefined {
    if (claim !== MemoryStore.prototype.claim) return undefined;
    if (this.doClaim !== MemoryStore.prototype.doClaim) return undefined;
    this.refuseWhenClosed();
    return this.#records.result(key);
  }

  protected async doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
  ): Promise<ClaimResult> {
    return this.#records.claim(key, token, lease, fingerprint);
  }

  protected async doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
  ): Promise<boolean> {
    return this.#records.complete(key, token, value, ttl);
  }

  protected async doRelease(key: string, token: string): Promise<boolean> {
    return this.#records.release(key, token);
  }

  protected async doRenew(key: string, token: string, lease: number): Promise<boolean> {
    return this.#records.renew(key, token, lease);
  }

  protected async doInspect(key: string): Promise<Inspection> {
    return this.#records.inspect(key);
  }

  protected override doWatch(key: string, wake: () => void): Unwatch {
    return this.#records.watchers.add(key, wake);
  }

  protected async doClose(): Promise<void> {}
}
