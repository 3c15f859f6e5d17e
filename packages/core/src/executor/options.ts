import type { IdempotencyStore } from '../contract/store.ts';
import type { Codec } from '../results/codec.ts';
import type { Scope } from './scope.ts';

export interface IdempotencyOptions<S extends IdempotencyStore = IdempotencyStore> {
  /** Where keys are remembered. Never closed by the executor. */
  readonly store: S;
  /** How long a result is remembered, in milliseconds: as long as the lease at least, up to ten years. */
  readonly ttl: number;
  /** How long a recorded error is remembered, in milliseconds. Default: as long as a result. */
  readonly errorTtl?: number;
  /**
   * How long a claim holds when its process dies, in milliseconds. While the function runs it is
   * renewed at every third of it. Default 30,000.
   */
  readonly lease?: number;
  /**
   * How long the lease of a function that is still running is renewed, in milliseconds. The key is
   * free one lease after that at the latest. At least the lease; default ten leases.
   */
  readonly maxHold?: number;
  /** The first part of every key's scope. */
  readonly scope?: Scope;
  /**
   * How long a call waits for the result of one in progress, in milliseconds, from when it is found
   * in progress. When that is over the store is asked once more. Default 0: it is rejected with
   * `IDEM_IN_PROGRESS`.
   */
  readonly wait?: number;
  /**
   * How long clients go on retrying, in milliseconds. A ttl shorter than that would execute a late
   * retry again, and is refused with `IDEM_TTL_TOO_SHORT`.
   */
  readonly retryWindow?: number;
  /** How results become bytes. Default `jsonCodec`. */
  readonly codec?: Codec;
  /**
   * Whether a result is kept. False: the caller gets it, as the function returned it, and the key is
   * free again, so that a retry executes. Default: every result is. Synchronous; when it throws, or
   * answers anything but a boolean, the result is kept.
   */
  readonly recordResult?: (value: unknown) => boolean;
  /**
   * Which errors of the function are results: recorded, and replayed as errors. Others release the
   * key, so that a retry executes again. Default none. Synchronous; when it throws, or answers
   * anything but a boolean, the error is not recorded.
   */
  readonly recordErrors?: (error: unknown) => boolean;
  /**
   * How long an answer is held back while the store does not confirm its record, in milliseconds.
   * Then the call rejects with `IDEM_NOT_RECORDED`, which carries the value; recording is tried
   * further until the lease ends. Default 5,000.
   */
  readonly recordTimeout?: number;
  /**
   * What a call does when the store cannot be reached to claim its key. `'reject'` (default) rejects
   * with the store's error, and nothing is executed. `'run-unprotected'` executes, without any
   * protection: a duplicate executes as well. The function then has fence 0 and `takeover` true.
   */
  readonly whenUnreachable?: 'reject' | 'run-unprotected';
}

/** The options of one call. Each that is there instead of the executor's own counts for this call only. */
export interface RunOptions {
  /** Further parts of the scope, after the executor's own. Present but undefined is refused: the key would be shared. */
  readonly scope?: Scope;
  /**
   * What the request says, such as its body. Hashed (SHA-256) before it goes to the store; a key
   * used with another one is refused with `IDEM_KEY_REUSED`. Present but undefined is refused: nothing
   * would be compared.
   */
  readonly fingerprint?: string | Uint8Array;
  /** Milliseconds. */
  readonly ttl?: number | undefined;
  /** Milliseconds. */
  readonly errorTtl?: number | undefined;
  /** Milliseconds. It is kept for `maxHold`, or one lease where that is longer. */
  readonly lease?: number | undefined;
  /** Milliseconds. */
  readonly wait?: number | undefined;
  /** Whether the result of this call is kept, as the executor's own says for every call. */
  readonly recordResult?: ((value: unknown) => boolean) | undefined;
  /** The caller goes away: this call rejects with the signal's reason. An execution under way completes and is recorded. */
  readonly signal?: AbortSignal | undefined;
}
