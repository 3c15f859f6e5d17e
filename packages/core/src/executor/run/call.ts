import type { IdempotencyError } from '../../contract/errors.ts';
import type { Codec } from '../../results/codec.ts';
import { jsonCodec } from '../../results/json-codec.ts';
import { type CallCodec, JSON_OF_CALL } from '../../results/json-of-call.ts';
import type { Latch } from '../../support/latch.ts';
import type { Cancel } from '../../time/timers.ts';
import type { Config } from '../config.ts';
import { conflicted } from '../diagnostics.ts';
import { InProgressError, keyReused } from '../errors.ts';
import { hashFingerprint } from '../fingerprint.ts';
import type { RunOptions } from '../options.ts';
import { joinKey, type Scoping } from '../scope.ts';
import type { Attempt } from './attempt.ts';
import type { RunContext } from './context.ts';
import type { Outcome } from './outcome.ts';

export type RunFunction = (context: RunContext) => unknown;

/** Calls the function under a claim, and calls back with what came of it: once, and not before it has returned. */
export type Work = (attempt: Attempt, fn: RunFunction, ended: (outcome: Outcome) => void) => void;

/** One call of `run`, with its own deadline and signal, while it is not settled. */
export class Call {
  readonly config: Config;
  /** How its result becomes bytes. */
  readonly codec: Codec;
  /** The key as it was given. */
  readonly key: string;
  readonly scope: readonly string[];
  /** The key of the record, scope included. */
  readonly recordKey: string;
  readonly fingerprint: string | undefined;
  readonly ttl: number;
  readonly errorTtl: number;
  readonly lease: number;
  readonly wait: number;
  readonly recordResult: ((value: unknown) => boolean) | undefined;
  readonly work: Work;
  /** What is called where the store cannot be reached, and what the work calls unless it has another. */
  readonly fn: RunFunction;
  readonly signal: AbortSignal | undefined;
  readonly startedAt: number;
  /** It was rejected by its signal: nothing may begin for it. */
  isGone = false;
  #deadline: number | undefined;
  #leaveWait: (() => void) | undefined;

  /** With options that were checked. Throws `IDEM_INVALID_KEY` and `IDEM_INVALID_FINGERPRINT`. */
  constructor(
    config: Config,
    key: string,
    scoping: Scoping,
    options: RunOptions & CallCodec,
    work: Work,
    fn: RunFunction,
  ) {
    this.config = config;
    this.codec = codecOf(config, options);
    this.key = key;
    this.scope = scoping.parts;
    this.recordKey = joinKey(scoping, key);
    this.fingerprint = 'fingerprint' in options ? hashFingerprint(options.fingerprint) : undefined;
    this.ttl = options.ttl ?? config.ttl;
    this.errorTtl = options.errorTtl ?? config.errorTtl ?? this.ttl;
    this.lease = options.lease ?? config.lease;
    this.wait = options.wait ?? config.wait;
    this.recordResult = options.recordResult ?? config.recordResult;
    this.work = work;
    this.fn = fn;
    this.signal = options.signal;
    this.startedAt = config.timers.now();
  }

  /** It has waited for somebody else: its deadline is running. */
  get hasWaited(): boolean {
    return this.#deadline !== undefined;
  }

  /** Nothing is left to wait: what the store answers now counts. */
  get isLate(): boolean {
    return (
      this.wait === 0 ||
      (this.#deadline !== undefined && this.config.timers.now() >= this.#deadline)
    );
  }

  /** When it stops waiting, by the executor's clock. Runs from the first wait. */
  get deadline(): number {
    this.#deadline ??= this.config.timers.now() + this.wait;
    return this.#deadline;
  }

  /** Settles as the work does, or rejects with the signal's reason the moment that is aborted; the work goes on. */
  untilAborted<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this;
    if (signal === undefined) return work();
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.isGone = true;
        reject(signal.reason);
        this.#leaveWait?.();
      };
      signal.addEventListener('abort', abort, { once: true });
      const leave = (): void => signal.removeEventListener('abort', abort);
      work().then(resolve, reject).finally(leave);
    });
  }

  /** Waits for the latch, to the call's deadline. False when the call is late, or gone, before it opens. */
  until(latch: Latch): Promise<boolean> {
    return this.#wait(latch, this.deadline);
  }

  /** Waits for the latch, however late the call is. False when it is gone before it opens. */
  whenever(latch: Latch): Promise<boolean> {
    return this.#wait(latch, undefined);
  }

  /** Both sides said what they ask for, and not the same. */
  differs(fingerprint: string | null | undefined): boolean {
    const own = this.fingerprint;
    return (
      own !== undefined && fingerprint !== null && fingerprint !== undefined && own !== fingerprint
    );
  }

  keyReused(): IdempotencyError {
    const key = this.recordKey;
    if (conflicted.hasSubscribers) conflicted.publish({ key, reason: 'key-reused' });
    return keyReused(key);
  }

  inProgress(leaseRemaining: number): InProgressError {
    const key = this.recordKey;
    if (conflicted.hasSubscribers) {
      conflicted.publish({ key, reason: 'in-progress', leaseRemaining });
    }
    return new InProgressError(key, leaseRemaining);
  }

  #wait(latch: Latch, deadline: number | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (opened: boolean): void => {
        stopListening();
        cancel();
        this.#leaveWait = undefined;
        resolve(opened);
      };
      let stopListening: Cancel = nothing;
      let cancel: Cancel = nothing;
      if (this.isGone || latch.isOpen) return settle(latch.isOpen);
      this.#leaveWait = () => settle(false);
      stopListening = latch.listen(() => settle(true));
      if (deadline === undefined) return;
      const { timers } = this.config;
      cancel = timers.start(deadline - timers.now(), true, () => settle(false));
    });
  }
}

function codecOf({ codec }: Config, options: CallCodec): Codec {
  return codec === jsonCodec ? (options[JSON_OF_CALL] ?? codec) : codec;
}

function nothing(): void {}
