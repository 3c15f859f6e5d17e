import type { ClaimResult } from '@idem/core';
import { AbstractStore } from '@idem/core/adapter';
import type { Runner } from './connection/runner.ts';
import {
  durationParameters,
  keyHash,
  paddedFingerprint,
  readableKey,
  tokenHash,
  valueParameters,
} from './parameters.ts';
import { claimResultOf, outcomeOf, recordedValue } from './rows.ts';
import { type Calls, calls } from './schema/calls.ts';
import type { Names } from './schema/names.ts';

/** The eight operations, each one call of one procedure. */
export abstract class SqlOperations extends AbstractStore {
  readonly #runner: Runner;
  readonly #calls: Calls;

  constructor(runner: Runner, names: Names) {
    super();
    this.#runner = runner;
    this.#calls = calls(names);
  }

  protected doFind(key: string, signal: AbortSignal | undefined): Promise<Uint8Array | null> {
    return this.#runner.run(this.#calls.Find, [keyHash(key)], signal, (rows) => {
      if (rows.length === 0) return null;
      const { outcome, row } = outcomeOf(rows, key);
      return outcome === 'completed' ? recordedValue(row, key) : null;
    });
  }

  protected doExists(key: string, signal: AbortSignal | undefined): Promise<boolean> {
    return this.#runner.run(
      this.#calls.Exists,
      [keyHash(key)],
      signal,
      (rows) => rows.length > 0 && outcomeOf(rows, key).outcome === 'completed',
    );
  }

  protected doStore(
    key: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const sent = [
      keyHash(key),
      readableKey(key),
      ...valueParameters(value),
      ...durationParameters(ttl),
    ];
    return this.#runner.run(this.#calls.Store, sent, signal, (rows) => {
      outcomeOf(rows, key);
    });
  }

  protected doRemove(key: string, signal: AbortSignal | undefined): Promise<void> {
    return this.#runner.run(this.#calls.Remove, [keyHash(key)], signal, (rows) => {
      outcomeOf(rows, key);
    });
  }

  protected doClaim(
    key: string,
    token: string,
    lease: number,
    fingerprint: string | null,
    signal: AbortSignal | undefined,
  ): Promise<ClaimResult> {
    const sent = [
      keyHash(key),
      readableKey(key),
      tokenHash(token),
      paddedFingerprint(fingerprint),
      ...durationParameters(lease),
    ];
    return this.#runner.run(this.#calls.Claim, sent, signal, (rows) => claimResultOf(rows, key));
  }

  protected doComplete(
    key: string,
    token: string,
    value: Uint8Array,
    ttl: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const sent = [
      keyHash(key),
      tokenHash(token),
      ...valueParameters(value),
      ...durationParameters(ttl),
    ];
    return this.#holder(this.#calls.Complete, key, sent, signal);
  }

  protected doRelease(
    key: string,
    token: string,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const sent = [keyHash(key), tokenHash(token)];
    return this.#runner.run(this.#calls.Release, sent, signal, (rows, attempt) => {
      const { outcome } = outcomeOf(rows, key);
      // The reply to the first attempt was lost, and it is that one which released the claim.
      return outcome === 'done' || (outcome === 'released-before' && attempt > 1);
    });
  }

  protected doRenew(
    key: string,
    token: string,
    lease: number,
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const sent = [keyHash(key), tokenHash(token), ...durationParameters(lease)];
    return this.#holder(this.#calls.Renew, key, sent, signal);
  }

  #holder(
    text: string,
    key: string,
    sent: readonly unknown[],
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    return this.#runner.run(text, sent, signal, (rows) => outcomeOf(rows, key).outcome === 'done');
  }
}
