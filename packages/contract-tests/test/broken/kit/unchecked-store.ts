import type { ClaimRequest, ClaimResult, Inspection, OperationOptions, Unwatch } from '@idem/core';
import { IdempotencyError } from '@idem/core';
import {
  checkClaimRequest,
  checkKey,
  checkLease,
  checkOperationOptions,
  checkToken,
  checkTtl,
  checkValue,
  refuse,
  untilAborted,
} from '@idem/core/adapter';
import { ReferenceStore } from './reference-store.ts';

/** The reference store without core's help: what AbstractStore does for it is done here, in pieces. */
export class UncheckedStore extends ReferenceStore {
  #closing: Promise<void> | undefined;

  protected checkKey(key: unknown): void {
    checkKey(key);
  }
  protected checkToken(token: unknown): void {
    checkToken(token);
  }
  protected checkValue(value: unknown): void {
    checkValue(value);
  }
  protected checkTtl(ttl: unknown): void {
    checkTtl(ttl);
  }
  protected checkLease(lease: unknown): void {
    checkLease(lease);
  }
  protected checkRequest(request: unknown): void {
    checkClaimRequest(request);
  }
  protected checkOptions(options: unknown): void {
    checkOperationOptions(options);
  }
  /** What is taken of a value at the call. */
  protected taken(value: Uint8Array): Uint8Array {
    return new Uint8Array(value);
  }
  protected checkOpen(): void {
    if (this.#closing !== undefined) throw new IdempotencyError('IDEM_STORE_CLOSED', 'closed');
  }
  protected checkSignal(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
  }
  protected override settle<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return untilAborted(work, signal);
  }

  protected admit(options: OperationOptions | undefined): AbortSignal | undefined {
    this.checkOptions(options);
    this.checkOpen();
    this.checkSignal(options?.signal);
    return options?.signal;
  }

  override async find(key: string, options?: OperationOptions): Promise<Uint8Array | null> {
    this.checkKey(key);
    const signal = this.admit(options);
    return this.settle(this.doFind(key, signal), signal);
  }

  override async exists(key: string, options?: OperationOptions): Promise<boolean> {
    this.checkKey(key);
    const signal = this.admit(options);
    return this.settle(this.doExists(key, signal), signal);
  }

  override async store(
    key: string,
    value: Uint8Array,
    ttl: number,
    options?: OperationOptions,
  ): Promise<void> {
    this.checkKey(key);
    this.checkValue(value);
    this.checkTtl(ttl);
    const signal = this.admit(options);
    return this.settle(this.doStore(key, this.taken(value), ttl, signal), signal);
  }

  override async remove(key: string, options?: OperationOptions): Promise<void> {
    this.checkKey(key);
    const signal = this.admit(options);
    return this.settle(this.doRemove(key, signal), signal);
  }

  override async claim(
    key: string,
    request: ClaimRequest,
    options?: OperationOptions,
  ): Promise<ClaimResult> {
    this.checkKey(key);
    this.checkRequest(request);
    const signal = this.admit(options);
    const { token, lease, fingerprint } = request;
    return this.settle(this.doClaim(key, token, lease, fingerprint ?? null, signal), signal);
  }

  override async complete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    options?: OperationOptions,
  ): Promise<boolean> {
    this.checkKey(key);
    this.checkToken(token);
    this.checkValue(value);
    this.checkTtl(ttl);
    const signal = this.admit(options);
    return this.settle(this.doComplete(key, token, this.taken(value), ttl, signal), signal);
  }

  override async release(key: string, token: string, options?: OperationOptions): Promise<boolean> {
    this.checkKey(key);
    this.checkToken(token);
    const signal = this.admit(options);
    return this.settle(this.doRelease(key, token, signal), signal);
  }

  override async renew(
    key: string,
    token: string,
    lease: number,
    options?: OperationOptions,
  ): Promise<boolean> {
    this.checkKey(key);
    this.checkToken(token);
    this.checkLease(lease);
    const signal = this.admit(options);
    return this.settle(this.doRenew(key, token, lease, signal), signal);
  }

  override async inspect(key: string, options?: OperationOptions): Promise<Inspection> {
    this.checkKey(key);
    const signal = this.admit(options);
    return this.settle(this.doInspect(key, signal), signal);
  }

  override watch(key: string, wake: () => void): Unwatch {
    this.checkKey(key);
    if (typeof wake !== 'function') refuse('IDEM_INVALID_OPTIONS', wake, 'a function', 'wake');
    this.checkOpen();
    return this.doWatch(key, wake);
  }

  override close(): Promise<void> {
    this.#closing ??= this.doClose();
    return this.#closing;
  }
}
