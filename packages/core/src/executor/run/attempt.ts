import { checkClaimResult } from '../../contract/check-answers.ts';
import type { ClaimResult } from '../../contract/store.ts';
import { Latch } from '../../support/latch.ts';
import * as events from '../diagnostics.ts';
import { type LossReason, leaseLost, storeLate } from '../errors.ts';
import type { Call } from './call.ts';
import type { RunContext } from './context.ts';
import { Lease } from './lease.ts';
import type { Outcome } from './outcome.ts';
import { release } from './release.ts';

/** What the store said to a claim, or that it did not. */
export type Answer =
  | ClaimResult
  | { readonly outcome: 'failed'; readonly error: unknown }
  /** Granted to a call that had gone, and released. */
  | { readonly outcome: 'returned' };

/**
 * One claim of a key by this process, from the question to the store to the end of what was executed
 * under it. It goes on whether or not its caller is still there.
 */
export class Attempt {
  /** The call that asks; it executes if the claim is granted. */
  readonly call: Call;
  readonly token: string;
  readonly lease: Lease;
  fence = 0;
  takeover = false;
  /** What the store said; undefined while it is asked. */
  answer: Answer | undefined;
  readonly answered: Latch = new Latch();
  /** How the execution ended; undefined while there is none, and while it lasts. */
  outcome: Outcome | undefined;
  readonly ended: Latch = new Latch();
  /** When the store was asked, and from when the function is called. */
  startedAt: number;
  /** How long the function took, in milliseconds, once it is done. */
  executionTime = 0;
  #keepUntil = 0;
  #running = false;
  #answerCall: ((outcome: Outcome) => void) | undefined;
  #abort: AbortController | undefined;
  #loss: Error | undefined;

  constructor(call: Call, token: string) {
    this.call = call;
    this.token = token;
    this.lease = new Lease(call.config, call.recordKey, token, call.lease);
    this.startedAt = call.config.timers.now();
  }

  /** Asks the store. Never rejects, and answers before the lease that it asks for is over. */
  async claim(): Promise<Answer> {
    const { config, recordKey: key, lease, fingerprint } = this.call;
    const { token } = this;
    let result: ClaimResult;
    try {
      const asked = config.store.claim(key, { token, lease, fingerprint });
      result = await this.whileHeld(asked, 'claim');
      checkClaimResult(result);
    } catch (error) {
      this.lease.end();
      if (events.failed.hasSubscribers) events.failed.publish({ key, stage: 'claim', error });
      return { outcome: 'failed', error };
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

  /**
   * Calls the function. Resolves with what its caller gets; `ended` opens when all is settled.
   * Undefined when nothing was called: a grant that is handled after its lease is none.
   */
  execute(): Promise<Outcome> | undefined {
    const { config, recordKey: key, work, fn } = this.call;
    const { fence, takeover } = this;
    const now = config.timers.now();
    const claimTime = now - this.startedAt;
    this.startedAt = now;
    this.#keepUntil = now + Math.max(config.maxHold, this.call.lease);
    if (!this.startRunning()) return undefined;
    return new Promise((resolve) => {
      this.#answerCall = resolve;
      if (events.claimed.hasSubscribers)
        events.claimed.publish({ key, fence, takeover, claimTime });
      work(this, fn).then((outcome) => this.#end(outcome));
    });
  }

  /** A context of its own for each call of the function. */
  context(): RunContext {
    const { fence, takeover, token } = this;
    const { key, scope } = this.call;
    const signal = (): AbortSignal => this.#signal();
    return Object.freeze({
      key,
      scope,
      fence,
      takeover,
      token,
      get signal() {
        return signal();
      },
    });
  }

  /** The function is about to be called: the lease is kept, and lost with it. False when it is over. */
  startRunning(): boolean {
    this.#running = true;
    this.lease.whenLost = (reason) => this.lose(reason);
    return this.lease.keep(this.#keepUntil);
  }

  /**
   * The function is done. From here the lease runs out, and its end is the deadline for recording.
   * False when the lease was lost before: whatever it did is not recorded.
   */
  stopRunning(): boolean {
    if (this.outcome !== undefined) return false;
    if (this.#running) this.executionTime = this.call.config.timers.now() - this.startedAt;
    this.#running = false;
    this.lease.stopRenewing();
    return true;
  }

  /** The claim is lost: to its caller at once, whatever the function still does. */
  lose(reason: LossReason): Outcome {
    const { recordKey: key, config } = this.call;
    const { fence } = this;
    if (events.lost.hasSubscribers) {
      const executionTime = config.timers.now() - this.startedAt;
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
      const executionTime = config.timers.now() - this.startedAt;
      events.overtaken.publish({ key, fence, executionTime, ...end });
    }
    return { kind: 'failed', error: this.#loss };
  }

  /** Its caller waits no longer; the execution has not ended. */
  answerCall(outcome: Outcome): void {
    this.#answerCall?.(outcome);
  }

  /** What the store answers; rejects when the lease is lost first, and what is answered then counts no more. */
  whileHeld<T>(asked: Promise<T>, operation: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = (): void => reject(storeLate(this.call.recordKey, operation));
      if (this.lease.lost) late();
      this.lease.whenLost = late;
      asked.then(resolve, reject);
    });
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

  #signal(): AbortSignal {
    if (this.#abort === undefined) {
      this.#abort = new AbortController();
      if (this.#loss !== undefined) this.#abort.abort(this.#loss);
    }
    return this.#abort.signal;
  }

  #end(outcome: Outcome): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    this.lease.end();
    this.#answerCall?.(outcome);
    this.ended.open();
  }
}
