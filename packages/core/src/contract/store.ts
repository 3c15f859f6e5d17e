import './platform-types.ts';
import type { Inspection } from './inspection.ts';

/** Options that every operation takes last. */
export interface OperationOptions {
  /**
   * Aborted before the operation is sent: nothing is sent. Aborted in flight: the promise rejects
   * at once with the signal's reason, and the outcome at the backend is unknown.
   */
  readonly signal?: AbortSignal | undefined;
}

/** What a caller asks for when it claims an idempotency key. */
export interface ClaimRequest {
  /**
   * Names this claim and no other: 22 to 128 characters of `A-Z a-z 0-9 _ -`, made by the caller
   * from 128 random bits or more, so that the claim may be repeated after a lost reply.
   */
  readonly token: string;
  /** How long the claim holds unless it is renewed, in milliseconds: 1 to ten years. */
  readonly lease: number;
  /** What the request said: 1 to 256 visible ASCII characters. Kept with the record, never compared by the store. */
  readonly fingerprint?: string | undefined;
}

/** The key was vacant, or this same token already held it. */
export interface Acquired {
  readonly outcome: 'acquired';
  /**
   * A whole number, greater than that of every earlier claim of the same key, whatever became of
   * those, as long as the backend's clock does not step back past the time between two claims.
   */
  readonly fence: number;
  /** True when this claim displaced one that lapsed: an earlier execution may have half happened. */
  readonly takeover: boolean;
}

/** Another token holds the key. */
export interface InProgress {
  readonly outcome: 'in-progress';
  /** The holder's fingerprint, or null when it gave none. */
  readonly fingerprint: string | null;
  /** Whole milliseconds, at least 1, until the holder's lease ends, by the backend's clock. */
  readonly leaseRemaining: number;
}

/** The key has a result. */
export interface Completed {
  readonly outcome: 'completed';
  readonly value: Uint8Array;
  /** The fingerprint of the claim that was completed; null when it gave none, or when `store` made the record. */
  readonly fingerprint: string | null;
}

export type ClaimResult = Acquired | InProgress | Completed;

/** Whether the store promises something, and if not, why. */
export type Support =
  | { readonly promised: true }
  | { readonly promised: false; readonly reason: string };

/** What depends on the backend, declared by the store itself and visible to its users. */
export interface StoreSupport {
  /** An acknowledged record is still there after the backend crashed and came back. */
  readonly durability: Support;
  /** Several processes may share the backend. */
  readonly sharing: Support;
  /** `watch` hears of what happens to a key, so that who waits need not ask again and again. */
  readonly wakeUp: Support;
}

/** Stops watching. */
export type Unwatch = () => void;

/**
 * A place that remembers idempotency keys.
 *
 * A record is, by the backend's clock alone, *vacant*, *claimed* or *completed*. Each operation is
 * one atomic step, linearizable per key, and may be repeated after a lost reply.
 *
 * Keys are 1 to 1,024 bytes of well-formed Unicode, compared byte for byte as UTF-8. Values are 0
 * to 16 MiB of opaque bytes, copied in and out. Ttls and leases are whole milliseconds from 1 to
 * ten years.
 *
 * Every operation rejects with an `IdempotencyError`: `IDEM_INVALID_…` for a bad argument, before
 * anything is sent; `IDEM_STORE_CLOSED` after `close`; `IDEM_RECORD_CORRUPT` for a record that this
 * library did not write or that is damaged; `IDEM_STORE_UNAVAILABLE`, `IDEM_STORE_TIMEOUT` or
 * `IDEM_STORE_FAILED` when the backend does not answer or refuses.
 */
export interface IdempotencyStore extends AsyncDisposable {
  /** What this store promises beyond the contract's core, and why not where it does not. */
  readonly supports: StoreSupport;

  /** The value of a completed record; null when the key is vacant or claimed. An empty value is not null. */
  find(key: string, options?: OperationOptions): Promise<Uint8Array | null>;

  /** True when the key has a completed record. */
  exists(key: string, options?: OperationOptions): Promise<boolean>;

  /**
   * Makes the record completed, whatever it was: a claim is void, an older value is replaced.
   *
   * @param ttl milliseconds until the record expires
   */
  store(key: string, value: Uint8Array, ttl: number, options?: OperationOptions): Promise<void>;

  /** Makes the key vacant, whatever it was. A claim is void. */
  remove(key: string, options?: OperationOptions): Promise<void>;

  /**
   * Claims the key, in one atomic step. Of any number of concurrent claims of a vacant key exactly
   * one is acquired. Claiming again with the token that holds the key is acquired again, with the
   * same fence and takeover, and the lease starts anew; the fingerprint stays that of the first claim.
   *
   * Rejects with `IDEM_STORE_FULL` when the backend has no room for another record.
   */
  claim(key: string, request: ClaimRequest, options?: OperationOptions): Promise<ClaimResult>;

  /**
   * Records the result of the claim that `token` made. True when it is recorded, also when this
   * token had recorded it before (nothing changes then); false when the claim is not held.
   *
   * @param ttl milliseconds until the record expires
   */
  complete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    options?: OperationOptions,
  ): Promise<boolean>;

  /** Gives the claim up, so that the next caller may claim. False when this token does not hold it. */
  release(key: string, token: string, options?: OperationOptions): Promise<boolean>;

  /**
   * Starts the lease anew from now. False when this token does not hold the claim.
   *
   * @param lease milliseconds
   */
  renew(key: string, token: string, lease: number, options?: OperationOptions): Promise<boolean>;

  /**
   * What is at the key, without its value or its token and without changing anything: no lease and
   * no ttl, no fence, no takeover that is owed. Reports a corrupt record.
   */
  inspect(key: string, options?: OperationOptions): Promise<Inspection>;

  /**
   * Calls `wake` when the key may have ceased to be claimed: completed, stored, released or removed,
   * in whichever process. It may be called too often, late or never, so it only ever saves a question
   * and correctness rests on asking again; a store whose `supports.wakeUp` is not promised never calls
   * it. A lease that lapses wakes nobody. `wake` is also called once after what happened unheard
   * between the call of `watch` and the moment it listens, where there was such a time.
   *
   * What `wake` throws is ignored. It is not called after its unwatch, nor after `close`. The same
   * function may watch twice; each unwatch stops one.
   *
   * Throws `IDEM_INVALID_KEY`, `IDEM_INVALID_OPTIONS` for a `wake` that is no function, and
   * `IDEM_STORE_CLOSED`; nothing else, and it never rejects.
   *
   * @returns stops watching; may be called again
   */
  watch(key: string, wake: () => void): Unwatch;

  /** Ends what the store opened, and never what the user handed in. May be called again. */
  close(): Promise<void>;
}
