import { checkClaimResult } from '../../contract/check-answers.ts';
import type { ClaimResult } from '../../contract/store.ts';
import { Latch } from '../../support/latch.ts';
import { publish } from '../diagnostics.ts';
import { type LossReason, leaseLost, storeLate } from '../errors.ts';
import type { Call } from './call.ts';
import type { RunContext } from './context.ts';
import { Lease } from './lease.ts';
import { failed, type Outcome } from './outcome.ts';
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
  /** How long the function took, in milliseconds, once it is done. */
  executionTime = 0;
  /** When the store was asked, and from when the function is called. */
  startedAt: number;
  #keepUntil = 0;
  #running = false;
  #answerCall: ((outcome: Outcome) => void) | undefined;
  #abort: AbortController | undefined;
  #loss: Error | undefined;

  constructor(call: Call, token: string) {
    const { config, recordKey, lease } = call;
    this.call = call;
    this.token = token;
    this.lease = new Lease(config, recordKey, token, lease);
    this.startedAt = config.timers.now();
  }

  /** Asks the store. Never rejects, and answers before the lease that it asks for is over. */
  async claim(): Promise<Answer> {
    this.lease.begin();
    try {
      const result = await this.lease.race(this.#ask(), () => this.#late());
      checkClaimResult(result);
      if (result.outcome === 'acquired') this.learn(result);
      else this.lease.end();
      return result;
    } catch (error) {
      return this.#notClaimed(error);
    }
  }

  /** A grant that was handled too late is none: the lease that it gave is over. */
  get isGranted(): boolean {
    return this.answer?.outcome === 'acquired' && !this.lease.isOver;
  }

  /** Calls the function. Resolves with what its caller gets; `ended` opens when all is settled. */
  execute(): Promise<Outcome> {
    const { config, work } = this.call;
    const now = config.timers.now();
    const claimTime = now - this.startedAt;
    const { fence, takeover } = this;
    publish('idem:claimed', () => ({ key: this.call.recordKey, fence, takeover, claimTime }));
    this.startedAt = now;
    this.#keepUntil = now + Math.max(config.maxHold, this.call.lease);
    this.startRunning();
    return new Promise((resolve) => {
      this.#answerCall = resolve;
      work(this).then((outcome) => this.#end(outcome));
    });
  }

  /** What the store says of this claim, when it was granted and whenever it is asked again. */
  learn({ fence, takeover }: { readonly fence: number; readonly takeover: boolean }): void {
    this.fence = fence;
    // Once owed it stays owed, though a repeated claim may have displaced nobody but itself.
    this.takeover ||= takeover;
  }

  /** A context of its own for each call of the function. */
  context(): RunContext {
    const { fence, takeover, token } = this;
    const { key, scope } = this.call;
    const signal = (): AbortSignal => this.#signal();
    return Object.freeze({
      ...{ key, scope, fence, takeover, token },
      get signal() {
        return signal();
      },
    });
  }

  /** The function is about to be called: the lease is kept, and lost with it. */
  startRunning(): void {
    this.#running = true;
    this.lease.whenLost((reason) => this.lose(reason));
    this.lease.keep(this.#keepUntil);
  }

  /**
   * The function is done. From here the lease runs out, and its end is the deadline for recording.
   * False when the lease was lost before: whatever it did is not recorded.
   */
  stopRunning(): boolean {
    if (this.outcome !== undefined) return false;
    if (this.#running) this.executionTime = this.call.config.timers.now() - this.startedAt;
    this.#running = false;
    this.lease.whenLost(undefined);
    this.lease.stopRenewing();
    return true;
  }

  /** The claim is lost: to its caller at once, whatever the function still does. */
  lose(reason: LossReason): Outcome {
    const { recordKey: key, config } = this.call;
    const { fence } = this;
    const executionTime = config.timers.now() - this.startedAt;
    publish('idem:lost', () => ({ key, fence, reason, executionTime }));
    const error = leaseLost(key, reason);
    const outcome = failed(error);
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
    const executionTime = config.timers.now() - this.startedAt;
    publish('idem:overtaken', () => ({ key, fence, executionTime, ...end }));
    return failed(this.#loss);
  }

  /** Its caller waits no longer; the execution has not ended. */
  answerCall(outcome: Outcome): void {
    this.#answerCall?.(outcome);
  }

  /** Releases the claim, for as long as the caller may be held back. A failure is published: the lease ends by itself. */
  async release(): Promise<void> {
    const { config, recordKey: key } = this.call;
    this.lease.whenLost(undefined);
    this.lease.stopRenewing();
    this.lease.shorten(config.recordTimeout);
    try {
      const released = release(config.store, key, this.token, this.takeover);
      await this.lease.race(released, () => storeLate(key, 'release'));
    } catch (error) {
      publish('idem:failed', () => ({ key, stage: 'release', error }));
    }
    this.lease.end();
  }

  #ask(): Promise<ClaimResult> {
    const { config, recordKey, lease, fingerprint } = this.call;
    return config.store.claim(recordKey, { token: this.token, lease, fingerprint });
  }

  #notClaimed(error: unknown): Answer {
    this.lease.end();
    publish('idem:failed', () => ({ key: this.call.recordKey, stage: 'claim', error }));
    return { outcome: 'failed', error };
  }

  #late(): Error {
    return storeLate(this.call.recordKey, 'claim');
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
