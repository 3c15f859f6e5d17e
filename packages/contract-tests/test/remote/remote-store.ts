import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ClaimResult,
  createToken,
  IdempotencyError,
  type Inspection,
  isIdempotencyError,
  type StoreSupport,
} from '@idem/core';
import { AbstractStore } from '@idem/core/adapter';
import { Connection } from './connection.ts';
import type { Method } from './wire.ts';

export interface RemoteOptions {
  readonly port: number;
  readonly durable?: boolean;
  /** Milliseconds within which every operation ends, retries included; long where nothing hangs on purpose. */
  readonly deadline?: number;
}

const ATTEMPTS = 4;

/**
 * A client of a `StoreServer`, with no mistake: it repeats what was lost, within a deadline. But not a
 * release: the server does not remember which call released, and the repetition would be false.
 */
export class RemoteStore extends AbstractStore {
  readonly supports: StoreSupport;
  protected readonly connection: Connection;
  readonly #deadline: number;

  constructor({ port, durable = false, deadline = 30_000 }: RemoteOptions) {
    super();
    this.connection = new Connection(port);
    this.#deadline = deadline;
    this.supports = {
      durability: durable ? { promised: true } : { promised: false, reason: 'in memory' },
      sharing: { promised: true },
      wakeUp: { promised: false, reason: 'the wire carries answers only' },
    };
  }

  protected async ask<T>(method: Method, ...parameters: readonly unknown[]): Promise<T> {
    const end = performance.now() + this.#deadline;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.within(end, this.once<T>(method, ...parameters));
      } catch (error) {
        const attempts = method === 'release' ? 1 : ATTEMPTS;
        const last = attempt === attempts || performance.now() > end;
        if (!this.isTransient(error) || last) throw error;
      }
      await sleep(attempt);
    }
  }

  /** Trusts the server to answer what the method answers. */
  protected async once<T>(method: Method, ...parameters: readonly unknown[]): Promise<T> {
    return (await this.connection.call(method, parameters)) as T;
  }

  protected isTransient(error: unknown): boolean {
    return isIdempotencyError(error) && error.retryable;
  }

  protected async within<T>(end: number, work: Promise<T>): Promise<T> {
    const timer = new AbortController();
    const late = sleep(Math.max(0, end - performance.now()), undefined, timer).then(() => {
      const message = `No reply within ${this.#deadline} ms.`;
      throw new IdempotencyError('IDEM_STORE_TIMEOUT', message, { retryable: true });
    });
    late.catch(() => {});
    work.catch(() => {});
    return Promise.race([work, late]).finally(() => timer.abort());
  }

  protected async doFind(key: string): Promise<Uint8Array | null> {
    return this.ask('find', key);
  }

  protected async doExists(key: string): Promise<boolean> {
    return this.ask('exists', key);
  }

  protected async doStore(key: string, value: Uint8Array, ttl: number): Promise<void> {
    await this.ask('store', key, value, ttl);
  }

  protected async doRemove(key: string): Promise<void> {
    await this.ask('remove', key);
  }

  protected async doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
  ): Promise<ClaimResult> {
    return this.ask('claim', key, { token, lease, fingerprint: fingerprint ?? undefined });
  }

  protected async doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
  ): Promise<boolean> {
    return this.ask('complete', key, token, value, ttl);
  }

  protected async doRelease(key: string, token: string): Promise<boolean> {
    return this.ask('release', key, token, createToken());
  }

  protected async doRenew(key: string, token: string, lease: number): Promise<boolean> {
    return this.ask('renew', key, token, lease);
  }

  protected async doInspect(key: string): Promise<Inspection> {
    return this.ask('inspect', key);
  }

  protected async doClose(): Promise<void> {
    this.connection.close();
  }
}
