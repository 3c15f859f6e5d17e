import {
  checkClaimRequest,
  checkKey,
  checkLease,
  checkOperationOptions,
  checkToken,
  checkTtl,
  checkValue,
  refuse,
} from '../contract/checks.ts';
import { IdempotencyError } from '../contract/errors.ts';
import type { Inspection } from '../contract/inspection.ts';
import type {
  ClaimRequest,
  ClaimResult,
  IdempotencyStore,
  OperationOptions,
  StoreSupport,
  Unwatch,
} from '../contract/store.ts';
import { untilAborted } from './abort.ts';

/**
 * What every adapter extends: it refuses bad arguments before anything is sent, copies what goes
 * in, honours the signal and refuses work after `close`, so that an adapter is nine methods that
 * talk to its backend.
 *
 * The `do…` methods are only ever called with arguments that were checked and with values that
 * belong to the adapter. A signal that is handed on may be used to cancel the work at the backend;
 * the caller's promise is rejected without waiting for that.
 */
export abstract class AbstractStore implements IdempotencyStore {
  abstract readonly supports: StoreSupport;

  #closing: Promise<void> | undefined;
  readonly #watching: Set<Unwatch> = new Set();

  find(key: string, options?: OperationOptions): Promise<Uint8Array | null> {
    try {
      checkKey(key);
      const signal = this.#admit(options);
      return whole(this.settle(this.doFind(key, signal), signal));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  exists(key: string, options?: OperationOptions): Promise<boolean> {
    try {
      checkKey(key);
      const signal = this.#admit(options);
      return whole(this.settle(this.doExists(key, signal), signal));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  store(key: string, value: Uint8Array, ttl: number, options?: OperationOptions): Promise<void> {
    try {
      checkKey(key);
      checkValue(value);
      checkTtl(ttl);
      const signal = this.#admit(options);
      return whole(this.settle(this.doStore(key, this.own(value), ttl, signal), signal));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  remove(key: string, options?: OperationOptions): Promise<void> {
    try {
      checkKey(key);
      const signal = this.#admit(options);
      return whole(this.settle(this.doRemove(key, signal), signal));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  claim(key: string, request: ClaimRequest, options?: OperationOptions): Promise<ClaimResult> {
    try {
      checkKey(key);
      checkClaimRequest(request);
      const signal = this.#admit(options);
      const { token, lease, fingerprint } = request;
      return whole(
        this.settle(this.doClaim(key, token, lease, fingerprint ?? null, signal), signal),
      );
    } catch (error) {
      return Promise.reject(error);
    }
  }

  complete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    options?: OperationOptions,
  ): Promise<boolean> {
    try {
      checkKey(key);
      checkToken(token);
      checkValue(value);
      checkTtl(ttl);
      const signal = this.#admit(options);
      return whole(this.settle(this.doComplete(key, token, this.own(value), ttl, signal), signal));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  release(key: string, token: string, options?: OperationOptions): Promise<boolean> {
    try {
      checkKey(key);
      checkToken(token);
      const signal = this.#admit(options);
      return whole(this.settle(this.doRelease(key, token, signal), signal));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  renew(key: string, token: string, lease: number, options?: OperationOptions): Promise<boolean> {
    try {
      checkKey(key);
      checkToken(token);
      checkLease(lease);
      const signal = this.#admit(options);
      return whole(this.settle(this.doRenew(key, token, lease, signal), signal));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  inspect(key: string, options?: OperationOptions): Promise<Inspection> {
    try {
      checkKey(key);
      const signal = this.#admit(options);
      return whole(this.settle(this.doInspect(key, signal), signal));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  watch(key: string, wake: () => void): Unwatch {
    checkKey(key);
    if (typeof wake !== 'function') refuse('IDEM_INVALID_OPTIONS', wake, 'a function', 'wake');
    this.#admit(undefined);
    const stop = this.doWatch(key, () => {
      if (!this.#watching.has(unwatch)) return;
      try {
        wake();
      } catch {
        // Not the fault of the operation that woke it: that one is done, and must be answered so.
      }
    });
    const unwatch = (): void => {
      if (this.#watching.delete(unwatch)) stop();
    };
    this.#watching.add(unwatch);
    return unwatch;
  }

  /** Ends what the store opened; later operations are refused with `IDEM_STORE_CLOSED`. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #close(): Promise<void> {
    for (const unwatch of this.#watching) unwatch();
    return this.doClose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * The adapter's own copy of a value: its caller may change what it handed in. Overridden by a store
   * that copies what it keeps before `doStore` and `doComplete` have returned.
   */
  protected own(value: Uint8Array): Uint8Array {
    return new Uint8Array(value);
  }

  protected abstract doFind(
    key: string,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array | null>;
  protected abstract doExists(key: string, signal: AbortSignal | undefined): Promise<boolean>;
  protected abstract doStore(
    key: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<void>;
  protected abstract doRemove(key: string, signal: AbortSignal | undefined): Promise<void>;
  protected abstract doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
    signal: AbortSignal | undefined,
  ): Promise<ClaimResult>;
  protected abstract doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean>;
  protected abstract doRelease(
    key: string,
    token: string,
    signal: AbortSignal | undefined,
  ): Promise<boolean>;
  protected abstract doRenew(
    key: string,
    token: string,
    lease: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean>;
  protected abstract doInspect(key: string, signal: AbortSignal | undefined): Promise<Inspection>;

  /**
   * When an aborted call rejects: at once. A store that is bound to a transaction of the user's
   * overrides it, where the connection takes no other request until the backend has acknowledged the
   * cancellation: rejected before, the rollback that follows is refused, and the connection goes back
   * to its pool with the transaction open.
   */
  protected settle<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return untilAborted(work, signal);
  }

  /**
   * For a store that declares `supports.wakeUp`; others leave it as it is. Must not throw, nor call
   * `wake` before it returns. `wake` never throws, and does nothing after its unwatch or `close`;
   * what this returns is called once.
   */
  protected doWatch(_key: string, _wake: () => void): Unwatch {
    return () => {};
  }

  protected abstract doClose(): Promise<void>;

  /** Throws `IDEM_STORE_CLOSED` once `close` was called: for what an adapter offers beside the operations. */
  protected refuseWhenClosed(): void {
    if (this.#closing === undefined) return;
    const message = 'The store is closed; open another before you use it again.';
    throw new IdempotencyError('IDEM_STORE_CLOSED', message);
  }

  #admit(options: OperationOptions | undefined): AbortSignal | undefined {
    if (options === undefined) {
      if (this.#closing !== undefined) this.refuseWhenClosed();
      return undefined;
    }
    checkOperationOptions(options);
    this.refuseWhenClosed();
    const signal = options?.signal;
    signal?.throwIfAborted();
    return signal;
  }
}

/** The promise is the adapter's own: one more costs three turns. One of another kind is made one of ours. */
function whole<T>(promise: Promise<T>): Promise<T> {
  return promise instanceof Promise ? promise : Promise.resolve<T>(promise);
}
