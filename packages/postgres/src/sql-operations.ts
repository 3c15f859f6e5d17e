import type { ClaimResult, Inspection } from '@idem/core';
import { AbstractStore } from '@idem/core/adapter';
import {
  bytesOf,
  checksumOf,
  inspectionOf,
  outcomeOf,
  Runner,
  type RunnerOptions,
  recordedValue,
  type SqlChannel,
  tokenHash,
} from '@idem/core/sql';
import type { Names } from './schema/names.ts';
import { claimOf } from './statements/claim-answer.ts';
import { type ReadClock, type Texts, textsOf } from './statements/texts.ts';

export interface OperationTerms extends RunnerOptions {
  readonly channel: SqlChannel;
  readonly names: Names;
  readonly clock: ReadClock;
}

/** The nine operations, each one statement. */
export abstract class SqlOperations extends AbstractStore {
  protected readonly runner: Runner;
  protected readonly texts: Texts;

  constructor({ channel, names, clock, ...options }: OperationTerms) {
    super();
    this.runner = new Runner(channel, options);
    this.texts = textsOf(names, channel, clock);
  }

  /** Before a read: in a transaction, that it is still there. */
  protected beforeRead(_signal: AbortSignal | undefined): Promise<void> | undefined {
    return undefined;
  }

  /** The transaction that a write must still be in; null outside of any. */
  protected transaction(_signal: AbortSignal | undefined): Promise<string> | null {
    return null;
  }

  /** What `complete` answers to an outcome. */
  protected completed(outcome: string): boolean {
    return outcome === 'done' || outcome === 'done-before';
  }

  /** A claim of the key may have ended: who watches it may ask. */
  protected ended(_key: string): void {}

  protected async doFind(key: string, signal: AbortSignal | undefined): Promise<Uint8Array | null> {
    await this.beforeRead(signal);
    return this.runner.run({
      text: this.texts.find,
      parameters: [keyOf(key)],
      signal,
      read: (rows) => {
        if (rows.length === 0) return null;
        const { outcome, row } = outcomeOf(rows, key);
        return outcome === 'completed' ? recordedValue(row, key) : null;
      },
    });
  }

  protected async doExists(key: string, signal: AbortSignal | undefined): Promise<boolean> {
    await this.beforeRead(signal);
    return this.runner.run({
      text: this.texts.exists,
      parameters: [keyOf(key)],
      signal,
      read: (rows) => rows.length > 0 && outcomeOf(rows, key).outcome === 'completed',
    });
  }

  protected async doStore(
    key: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const transaction = await this.transaction(signal);
    return this.runner.run({
      text: this.texts.store,
      parameters: [keyOf(key), bytesOf(value), checksumOf(value), ttl, transaction],
      signal,
      read: (rows) => {
        outcomeOf(rows, key);
        this.ended(key);
      },
    });
  }

  protected async doRemove(key: string, signal: AbortSignal | undefined): Promise<void> {
    const transaction = await this.transaction(signal);
    return this.runner.run({
      text: this.texts.remove,
      parameters: [keyOf(key), transaction],
      signal,
      read: (rows) => {
        outcomeOf(rows, key);
        this.ended(key);
      },
    });
  }

  protected doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
    signal: AbortSignal | undefined,
  ): Promise<ClaimResult> {
    return this.runner.run({
      text: this.texts.claim,
      parameters: [keyOf(key), tokenHash(token), lease, fingerprint],
      signal,
      read: (rows) => claimOf(rows, key),
    });
  }

  protected async doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const transaction = await this.transaction(signal);
    const recorded = [bytesOf(value), checksumOf(value), ttl, transaction];
    return this.runner.run({
      text: this.texts.complete,
      textAgain: this.texts.completeAgain,
      parameters: [keyOf(key), tokenHash(token), ...recorded],
      signal,
      read: (rows) => {
        const completed = this.completed(outcomeOf(rows, key).outcome);
        if (completed) this.ended(key);
        return completed;
      },
    });
  }

  protected doRelease(
    key: string,
    token: string,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    return this.runner.run({
      text: this.texts.release,
      parameters: [keyOf(key), tokenHash(token)],
      signal,
      read: (rows, attempt) => {
        const { outcome } = outcomeOf(rows, key);
        // The reply to the first attempt was lost, and it is that one which released the claim.
        const released = outcome === 'done' || (outcome === 'released-before' && attempt > 1);
        if (released) this.ended(key);
        return released;
      },
    });
  }

  protected doRenew(
    key: string,
    token: string,
    lease: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    return this.runner.run({
      text: this.texts.renew,
      parameters: [keyOf(key), tokenHash(token), lease],
      signal,
      read: (rows) => outcomeOf(rows, key).outcome === 'done',
      urgent: true,
    });
  }

  protected doInspect(key: string, signal: AbortSignal | undefined): Promise<Inspection> {
    return this.runner.run({
      text: this.texts.inspect,
      parameters: [keyOf(key)],
      signal,
      read: (rows) => inspectionOf(rows, key),
    });
  }
}

/** Bytes, which no collation and no encoding of the database touches. */
export function keyOf(key: string): Buffer {
  return Buffer.from(key, 'utf8');
}
