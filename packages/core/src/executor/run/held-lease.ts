import { untilAborted } from '../../adapter-kit/abort.ts';
import type { IdempotencyStore } from '../../contract/store.ts';
import { Latch } from '../../support/latch.ts';
import { backoffDelay } from '../../time/backoff.ts';
import { type Cancel, startTimer } from '../../time/timers.ts';
import type { LossReason } from '../executor-errors.ts';

export interface LeaseTerms {
  readonly store: IdempotencyStore;
  /** Milliseconds. */
  readonly lease: number;
  /** Milliseconds for which the lease is renewed. */
  readonly maxHold: number;
}

/**
 * The lease of one claim, as its holder may judge it: it ends that long after the claim or the
 * renewal was sent, not after it was answered, so never later than at the store.
 *
 * All is done by timers and no clock is compared, so a mocked clock neither hangs it nor makes it
 * spin. None of its timers keeps the process alive: a function that has work to do does that.
 */
export class HeldLease {
  readonly lost: Latch = new Latch();
  readonly #terms: LeaseTerms;
  readonly #key: string;
  readonly #token: string;
  #cancelMaxHold: Cancel = () => {};
  #cancelEnd: Cancel;
  #cancelRenewal: Cancel = () => {};
  #attempt: AbortController | undefined;
  #restartedAt: number;
  #reason: LossReason | undefined;
  #renewing = false;
  #ended = false;

  /** To be made right before the claim is sent. */
  constructor(terms: LeaseTerms, key: string, token: string) {
    this.#terms = terms;
    this.#key = key;
    this.#token = token;
    this.#restartedAt = performance.now();
    this.#cancelEnd = this.#startEnd();
  }

  /** Why it was lost, once it is. */
  get reason(): LossReason | undefined {
    return this.#reason;
  }

  /** Whole milliseconds until it ends unless it is renewed, at least 1. */
  get remaining(): number {
    const elapsed = Math.max(0, performance.now() - this.#restartedAt);
    return Math.max(1, Math.ceil(this.#terms.lease - elapsed));
  }

  /** Renews it in the background from now on, at a third of the lease, until the maximum hold. */
  keep(): void {
    this.#renewing = true;
    this.#cancelMaxHold = startTimer(this.#terms.maxHold, false, () => this.stopRenewing());
    this.#scheduleRenewal(0);
  }

  /** Settles as the work does, or rejects when the lease ends first; what the work answers then is lost. */
  race<T>(work: Promise<T>, late: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = this.lost.listen(() => reject(late()));
      const settle = <V>(end: (value: V) => void) => {
        return (value: V): void => {
          stop();
          end(value);
        };
      };
      work.then(settle(resolve), settle(reject));
    });
  }

  /** Lets it run out. What a renewal under way answers no longer matters. */
  stopRenewing(): void {
    this.#renewing = false;
    this.#cancelRenewal();
    this.#attempt?.abort();
  }

  /** It is over, by a completion or a release: it cannot be lost any more. */
  end(): void {
    this.#ended = true;
    this.stopRenewing();
    this.#cancelEnd();
    this.#cancelMaxHold();
  }

  #lose(reason: LossReason): void {
    if (this.#ended) return;
    this.end();
    this.#reason = reason;
    this.lost.open();
  }

  #startEnd(): Cancel {
    return startTimer(this.#terms.lease, false, () => this.#lose('lease-ended'));
  }

  #scheduleRenewal(failures: number): void {
    if (!this.#renewing) return;
    const third = Math.ceil(this.#terms.lease / 3);
    const backoff = { first: third / 8, longest: third };
    const delay = failures === 0 ? third : backoffDelay(backoff, failures, Math.random);
    this.#cancelRenewal = startTimer(delay, false, () => void this.#renew(failures));
  }

  async #renew(failures: number): Promise<void> {
    const attempt = new AbortController();
    this.#attempt = attempt;
    const restartedAt = performance.now();
    const cancelEnd = this.#startEnd();
    // A renewal that hangs must not keep the next from being sent.
    this.#cancelRenewal = startTimer(Math.ceil(this.#terms.lease / 3), false, () =>
      attempt.abort(),
    );
    let renewed: boolean | undefined;
    try {
      const { store, lease } = this.#terms;
      const asked = store.renew(this.#key, this.#token, lease, { signal: attempt.signal });
      renewed = await untilAborted(asked, attempt.signal);
    } catch {
      renewed = undefined;
    }
    this.#cancelRenewal();
    if (renewed !== true || !this.#renewing) cancelEnd();
    if (!this.#renewing) return;
    if (renewed === false) return this.#lose('renewal-refused');
    if (renewed === true) {
      this.#cancelEnd();
      this.#cancelEnd = cancelEnd;
      this.#restartedAt = restartedAt;
    }
    this.#scheduleRenewal(renewed === true ? 0 : failures + 1);
  }
}
