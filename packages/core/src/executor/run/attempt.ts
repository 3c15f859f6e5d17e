import { checkClaimResult } from '../../contract/check-answers.ts';
import type { ClaimResult } from '../../contract/store.ts';
import { foreign } from '../../support/foreign.ts';
import type { Latch } from '../../support/latch.ts';
import * as events from '../diagnostics.ts';
import { type LossReason, leaseLost, storeLate } from '../errors.ts';
import type { Call } from './call.ts';
import type { RunContext } from './context.ts';
import { Lease, type LeaseHolder } from './lease.ts';
import type { Outcome } from './outcome.ts';
import { release } from './release.ts';

/** What the store said to a claim, or that it did not. */
export type Answer =
  | ClaimResult
  | { readonly outcome: 'failed'; readonly error: unknown }
  /** Granted to a call that had gone, and released. */
  | { readonly outcome: 'returned' };

/** Who is told when all is settled. */
export interface AttemptHost {
  attemptEnded(): void;
}

/**
 * One claim of a key by this process, from the question to the store to the end of what was executed
 * under it. It goes on whether or not its caller is still there.
 */
export class Attempt implements LeaseHolder {
  /** The call that asks; it executes if the claim is granted. */
  readonly call: Call;
  readonly token: string;
  readonly lease: Lease;
  fence = 0;
  takeover = false;
  /** What the store said; undefined while it is asked. */
  answer: Answer | undefined;
  /** How the execution ended; undefined while there is none, and while it lasts. */
  outcome: Outcome | undefined;
  /** When the function was called. */
  #startedAt = 0;
  /** How long the function took, in milliseconds, once it is done. */
  executionTime = 0;
  /** What the caller gets when it has been held back for long enough. */
  heldBack: (() => Outcome) | undefined;
  /** It has got that. */
  isAnswered = false;
  /** Told when the lease ends after the function is done: what has not been answered by then is not waited for. */
  leaseEnded: (() => void) | undefined;
  /** Opens at the next news of it: it is answered, it has ended. Made by whoever waits for that in this process. */
  news: Latch | undefined;
  readonly #host: AttemptHost;
  #keepUntil = 0;
  /** The function is under way. */
  isRunning = false;
  /** Rejects what waits for the store: what it answers counts no more once the lease is lost. */
  #rejectAsked: ((late: Error) => void) | undefined;
  #operation = '';
  #answerCall: ((outcome: Outcome) => void) | undefined;
  #abort: AbortController | undefined;
  #loss: Error | undefined;

  constructor(call: Call, token: string, host: AttemptHost) {
    this.call = call;
    this.token = token;
    this.#host = host;
    this.lease = new Lease(call.config, this, call.recordKey, token, call.lease);
  }

  /** Asks the store, and calls back once with what it says: before the lease that it asks for is over. */
  claim(answered: (answer: Answer) => void): void {
    const { config, recordKey: key, lease, fingerprint } = this.call;
    const { token } = this;
    try {
      const asked = config.store.claim(key, { token, lease, fingerprint });
      this.whenHeld(
        asked,
        'claim',
        (result) => answered(this.#claimed(result)),
        (error) => answered(this.#notClaimed(error)),
      );
    } catch (error) {
      const answer = this.#notClaimed(error);
      queueMicrotask(() => answered(answer));
    }
  }

  #claimed(result: ClaimResult): Answer {
    try {
      checkClaimResult(result, this.call.recordKey);
    } catch (error) {
      return this.#notClaimed(error);
    }
    if (result.outcome === 'acquired') {
      this.fence = result.fence;
      // Once owed it stays owed, though a repeated claim may have displaced nobody but itself.
      this.takeover ||= result.takeover;
    } else {
      this.lease.end();
    }
    return result;
  }

  #notClaimed(error: unknown): Answer {
    const { recordKey: key } = this.call;
    this.lease.end();
    if (events.failed.hasSubscribers) events.failed.publish({ key, stage: 'claim', error });
    return { outcome: 'failed', error };
  }

  /**
   * Calls the function, and calls back once with what its caller gets; the host is told when all is
   * settled. False when nothing was called: a grant that is handled after its lease is none.
   */
  execute(answerCall: (outcome: Outcome) => void): boolean {
    const { config, recordKey: key, work, fn } = this.call;
    const { fence, takeover } = this;
    const now = config.timers.now();
    this.#startedAt = now;
    this.#keepUntil = now + Math.max(config.maxHold, this.call.lease);
    if (!this.startRunning(now)) return false;
    this.#answerCall = answerCall;
    if (events.claimed.hasSubscribers) {
      const claimTime = now - this.lease.sentAt;
      events.claimed.publish({ key, fence, takeover, claimTime });
    }
    work(this, fn, (outcome) => this.#end(outcome));
    return true;
  }

  /** Whoever waits looks again. */
  tell(): void {
    const { news } = this;
    this.news = undefined;
    news?.open();
  }

  /** A context of its own for each call of the function. */
  context(): RunContext {
    const { fence, takeover, token } = this;
    const { key, scope } = this.call;
    this.#abort ??= new AbortController();
    return Object.freeze({ key, scope, signal: this.#abort.signal, fence, takeover, token });
  }

  /** The function is about to be called: the lease is kept, and lost with it. False when it is over. */
  startRunning(now: number): boolean {
    this.isRunning = true;
    return this.lease.keep(this.#keepUntil, now);
  }

  /** Milliseconds for which the claim may still be held, at least 1. */
  get longest(): number {
    return Math.max(1, Math.ceil(this.#heldUntil - this.call.config.timers.now()));
  }

  /** The transaction in which the function is under way keeps the claim. */
  heldByTransaction(): void {
    this.lease.keptUntil(this.#heldUntil);
  }

  /** When a lease ends that is renewed for the last time at the maximum hold. */
  get #heldUntil(): number {
    return this.#keepUntil + this.call.lease;
  }

  /**
   * The function is done. From here the lease runs out, and its end is the deadline for recording.
   * False when the lease was lost before: whatever it did is not recorded.
   */
  stopRunning(): boolean {
    if (this.outcome !== undefined) return false;
    const { timers, recordTimeout } = this.call.config;
    const now = timers.now();
    if (this.isRunning) this.executionTime = now - this.#startedAt;
    this.isRunning = false;
    this.lease.stopRenewing();
    // One that a transaction kept lasts for longer, and nobody is to wait for as long as that.
    this.lease.shorten(this.call.lease);
    this.lease.holdBack(now + recordTimeout);
    return true;
  }

  leaseLost(reason: LossReason): void {
    if (this.isRunning) {
      this.lose(reason);
      return;
    }
    this.#rejectAsked?.(storeLate(this.call.recordKey, this.#operation));
    this.leaseEnded?.();
  }

  heldBackForLong(): void {
    if (this.heldBack === undefined) return;
    this.isAnswered = true;
    this.#answer(this.heldBack());
  }

  /** Its record was removed while the function was under way. */
  forgotten(): void {
    if (this.isRunning && this.outcome === undefined) this.lose('renewal-refused');
  }

  /** The claim is lost: to its caller at once, whatever the function still does. */
  lose(reason: LossReason): Outcome {
    const { recordKey: key, config } = this.call;
    const { fence } = this;
    if (events.lost.hasSubscribers) {
      const executionTime = config.timers.now() - this.#startedAt;
      events.lost.publish({ key, fence, reason, executionTime });
    }
    const error = leaseLost(key, reason);
    const outcome: Outcome = { kind: 'failed', error };
    this.#loss = error;
    this.#end(outcome);
    this.#abort?.abort(error);
    return outcome;
  }

  /** The function of a lost execution has ended. */
  overtaken(
    end:
      | { readonly ended: 'returned'; readonly value: unknown }
      | { readonly ended: 'threw'; readonly error: unknown },
  ): Outcome {
    const { recordKey: key, config } = this.call;
    const { fence } = this;
    if (events.overtaken.hasSubscribers) {
      const executionTime = config.timers.now() - this.#startedAt;
      events.overtaken.publish({ key, fence, executionTime, ...end });
    }
    return { kind: 'failed', error: this.#loss };
  }

  /** What the store answers; rejects when the lease is lost first, and what is answered then counts no more. */
  whileHeld<T>(asked: Promise<T>, operation: string): Promise<T> {
    return new Promise((resolve, reject) => this.whenHeld(asked, operation, resolve, reject));
  }

  /**
   * The same without a promise of its own. Calls back once, and never before this has returned.
   */
  whenHeld<T>(
    asked: Promise<T>,
    operation: string,
    answered: (answer: T) => void,
    failed: (error: unknown) => void,
  ): void {
    let isOpen = true;
    const reject = (error: unknown): void => {
      if (!isOpen) return;
      isOpen = false;
      // As a promise would: whoever says that the lease is lost goes on first.
      queueMicrotask(() => failed(error));
    };
    this.#operation = operation;
    this.#rejectAsked = reject;
    if (this.lease.lost) reject(storeLate(this.call.recordKey, operation));
    const promise = asked instanceof Promise ? asked : foreign<T>(asked);
    promise.then((answer) => {
      if (!isOpen) return;
      isOpen = false;
      answered(answer);
    }, reject);
  }

  /** Releases the claim, for as long as the caller may be held back. A failure is published: the lease ends by itself. */
  async release(): Promise<void> {
    const { config, recordKey: key } = this.call;
    this.lease.stopRenewing();
    this.lease.shorten(config.recordTimeout);
    try {
      const asked = release(config.store, key, this.token, this.takeover);
      await this.whileHeld(asked, 'release');
    } catch (error) {
      if (events.failed.hasSubscribers) events.failed.publish({ key, stage: 'release', error });
    }
    this.lease.end();
  }

  #end(outcome: Outcome): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.lease.end();
    this.#answer(outcome);
    this.#host.attemptEnded();
    if (this.news !== undefined) this.tell();
  }

  #answer(outcome: Outcome): void {
    const answerCall = this.#answerCall;
    this.#answerCall = undefined;
    answerCall?.(outcome);
  }
}
