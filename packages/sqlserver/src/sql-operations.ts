import type { ClaimResult, Inspection } from '@idem/core';
import { AbstractStore } from '@idem/core/adapter';
import {
  claimResultOf,
  inspectionOf,
  keyHash,
  outcomeOf,
  Runner,
  type RunnerOptions,
  recordedValue,
  type SqlChannel,
  type SqlParameter,
  type SqlRow,
  tokenHash,
} from '@idem/core/sql';
import {
  durationParameters,
  paddedFingerprint,
  readableKey,
  valueParameters,
} from './parameters.ts';
import type { Names } from './schema/names.ts';
import { exists, find, remove, store } from './schema/procedures/bytes.ts';
import { claim } from './schema/procedures/claim.ts';
import { complete, release, renew } from './schema/procedures/holder.ts';
import { inspect } from './schema/procedures/inspect.ts';
import { callProcedure, type Procedure } from './schema/procedures/procedure.ts';

export interface OperationTerms extends RunnerOptions {
  readonly channel: SqlChannel;
  readonly names: Names;
}

/** One call of one procedure, and how its rows are read. */
interface Call<T> {
  readonly procedure: Procedure;
  readonly sent: readonly SqlParameter[];
  readonly signal: AbortSignal | undefined;
  readonly read: (rows: readonly SqlRow[], attempt: number) => T;
  readonly urgent?: boolean;
}

/** The nine operations, each one call of one procedure. */
export abstract class SqlOperations extends AbstractStore {
  protected readonly runner: Runner;
  readonly #terms: OperationTerms;
  readonly #texts = new Map<Procedure, string>();

  constructor(terms: OperationTerms) {
    super();
    this.runner = new Runner(terms.channel, terms);
    this.#terms = terms;
  }

  /** The statement of an operation, the same text every time. */
  protected statement(call: string): string {
    return call;
  }

  /** What `complete` answers to an outcome. */
  protected completed(outcome: string): boolean {
    return outcome === 'done' || outcome === 'done-before';
  }

  protected doFind(key: string, signal: AbortSignal | undefined): Promise<Uint8Array | null> {
    return this.#call({
      procedure: find,
      sent: [keyHash(key)],
      signal,
      read: (rows) => {
        if (rows.length === 0) return null;
        const { outcome, row } = outcomeOf(rows, key);
        return outcome === 'completed' ? recordedValue(row, key) : null;
      },
    });
  }

  protected doExists(key: string, signal: AbortSignal | undefined): Promise<boolean> {
    return this.#call({
      procedure: exists,
      sent: [keyHash(key)],
      signal,
      read: (rows) => rows.length > 0 && outcomeOf(rows, key).outcome === 'completed',
    });
  }

  protected doStore(
    key: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    return this.#call({
      procedure: store,
      sent: [keyHash(key), readableKey(key), ...valueParameters(value), ...durationParameters(ttl)],
      signal,
      read: (rows) => {
        outcomeOf(rows, key);
      },
    });
  }

  protected doRemove(key: string, signal: AbortSignal | undefined): Promise<void> {
    return this.#call({
      procedure: remove,
      sent: [keyHash(key)],
      signal,
      read: (rows) => {
        outcomeOf(rows, key);
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
    return this.#call({
      procedure: claim,
      sent: [
        keyHash(key),
        readableKey(key),
        tokenHash(token),
        paddedFingerprint(fingerprint),
        ...durationParameters(lease),
      ],
      signal,
      read: (rows) => claimResultOf(rows, key),
    });
  }

  protected doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    return this.#call({
      procedure: complete,
      sent: [keyHash(key), tokenHash(token), ...valueParameters(value), ...durationParameters(ttl)],
      signal,
      read: (rows) => this.completed(outcomeOf(rows, key).outcome),
    });
  }

  protected doRelease(
    key: string,
    token: string,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    return this.#call({
      procedure: release,
      sent: [keyHash(key), tokenHash(token)],
      signal,
      read: (rows, attempt) => {
        const { outcome } = outcomeOf(rows, key);
        // The reply to the first attempt was lost, and it is that one which released the claim.
        return outcome === 'done' || (outcome === 'released-before' && attempt > 1);
      },
    });
  }

  protected doRenew(
    key: string,
    token: string,
    lease: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    return this.#call({
      procedure: renew,
      sent: [keyHash(key), tokenHash(token), ...durationParameters(lease)],
      signal,
      read: (rows) => outcomeOf(rows, key).outcome === 'done',
      urgent: true,
    });
  }

  protected doInspect(key: string, signal: AbortSignal | undefined): Promise<Inspection> {
    return this.#call({
      procedure: inspect,
      sent: [keyHash(key)],
      signal,
      read: (rows) => inspectionOf(rows, key),
    });
  }

  #call<T>({ procedure, sent, ...rest }: Call<T>): Promise<T> {
    return this.runner.run({ text: this.#text(procedure), parameters: sent, ...rest });
  }

  #text(procedure: Procedure): string {
    let text = this.#texts.get(procedure);
    if (text === undefined) {
      const { names, channel } = this.#terms;
      text = this.statement(callProcedure(names, procedure, channel.placeholder));
      this.#texts.set(procedure, text);
    }
    return text;
  }
}
