import type { EncodedRecord } from '../../results/record.ts';
import { Latch } from '../../support/latch.ts';
import { publish } from '../diagnostics.ts';
import { type LossReason, leaseLost } from '../executor-errors.ts';
import type { Config } from '../options.ts';
import type { HeldLease } from './held-lease.ts';

/** What the function is given: its own frozen object, so that nothing it does to it matters. */
export interface RunContext {
  /** The key, as it was given to `run`. */
  readonly key: string;
  /** The scope, the executor's own parts first; empty when there is none. */
  readonly scope: readonly string[];
  /** Aborted with the `IDEM_LEASE_LOST` error when the lease is lost, and by nothing else. */
  readonly signal: AbortSignal;
  /**
   * Greater than that of every earlier execution of this key. A downstream system that remembers the
   * greatest it has seen can refuse an execution that was overtaken.
   */
  readonly fence: number;
  /** True when an earlier execution neither completed nor failed: it may have half happened. */
  readonly takeover: boolean;
  /** Names this execution and no other. */
  readonly token: string;
}

/** How an execution ended. */
export type Outcome =
  /** Recorded: every caller gets the record. */
  | { readonly kind: 'recorded'; readonly record: EncodedRecord }
  /** Nothing was recorded: only the executing caller gets this error. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** What an effect answers when the outcome is settled before: it is not looked at. */
export const OVERTAKEN: Outcome = { kind: 'failed', error: undefined };

/** Calls the function and records what comes of it. Never rejects. */
export type Effect = (execution: Execution) => Promise<Outcome>;

export interface ExecutionTerms {
  readonly config: Config;
  /** The key as it was given. */
  readonly key: string;
  readonly scope: readonly string[];
  readonly recordKey: string;
  readonly token: string;
  readonly fingerprint: string | undefined;
  readonly fence: number;
  readonly takeover: boolean;
  readonly lease: HeldLease;
}

/** One call of the function under one claim. It goes on whether or not its caller is still there. */
export class Execution {
  readonly config: Config;
  readonly recordKey: string;
  readonly token: string;
  readonly fingerprint: string | undefined;
  readonly fence: number;
  readonly takeover: boolean;
  readonly lease: HeldLease;
  readonly settled: Latch = new Latch();
  readonly startedAt: number = performance.now();
  /** How long the function took, in milliseconds. */
  executionTime = 0;
  outcome: Outcome | undefined;
  readonly #terms: ExecutionTerms;
  readonly #controller = new AbortController();
  #running = true;

  constructor(terms: ExecutionTerms, effect: Effect) {
    this.#terms = terms;
    this.config = terms.config;
    this.recordKey = terms.recordKey;
    this.token = terms.token;
    this.fingerprint = terms.fingerprint;
    this.fence = terms.fence;
    this.takeover = terms.takeover;
    this.lease = terms.lease;
    if (this.lease.lost.opened) {
      this.#settle(this.loss('too-short'));
      return;
    }
    this.lease.lost.listen(() => this.#loseWhileRunning());
    this.lease.keep();
    void effect(this).then((outcome) => this.#settle(outcome));
  }

  /** A context of its own for each call of the function. */
  context(): RunContext {
    const { key, scope, fence, takeover, token } = this.#terms;
    const { signal } = this.#controller;
    return Object.freeze({ key, scope, signal, fence, takeover, token });
  }

  /**
   * The function is done. From here the lease runs out, and its end is the deadline for recording.
   * False when the lease was lost before: whatever it did is not recorded.
   */
  stopRunning(): boolean {
    if (this.outcome !== undefined) return false;
    if (this.#running) this.executionTime = performance.now() - this.startedAt;
    this.#running = false;
    this.lease.stopRenewing();
    return true;
  }

  /** The outcome of a claim that was lost. */
  loss(reason: LossReason): Outcome {
    const { recordKey: key, fence } = this;
    publish('idem:lost', () => {
      const executionTime = performance.now() - this.startedAt;
      return { key, fence, reason, executionTime };
    });
    return { kind: 'failed', error: leaseLost(key, reason) };
  }

  #loseWhileRunning(): void {
    if (!this.#running || this.outcome !== undefined) return;
    const outcome = this.loss(this.lease.reason ?? 'lease-ended');
    this.#settle(outcome);
    if (outcome.kind === 'failed') this.#controller.abort(outcome.error);
  }

  #settle(outcome: Outcome): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.lease.end();
    this.settled.open();
  }
}
