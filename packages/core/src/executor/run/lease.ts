import type { IdempotencyStore } from '../../contract/store.ts';
import { backoffDelay } from '../../time/backoff.ts';
import { Timer, type Timers } from '../../time/timers.ts';
import type { LossReason } from '../errors.ts';

export interface LeaseTerms {
  readonly store: IdempotencyStore;
  readonly timers: Timers;
  readonly random: () => number;
}

interface Renewal {
  readonly sentAt: number;
  readonly stop: AbortController;
}

/**
 * The lease of one claim, as its holder may judge it: it ends that long after the claim or the
 * renewal was *sent*, not after it was answered, so never later than at the store. After a stall of
 * the event loop a reply is handled before a timer that was due long ago, so whoever handles one
 * asks the clock (`isOver`) as well.
 *
 * It does not keep the process alive: a function that has work to do does that.
 */
export class Lease extends Timer {
  readonly keepsAlive = false;
  readonly #terms: LeaseTerms;
  readonly #key: string;
  readonly #token: string;
  /** Milliseconds. */
  readonly #duration: number;
  #endsAt = 0;
  #nextRenewal = 0;
  /** No renewal is sent after this; none at all while that is never. */
  #keepUntil: number = Number.NEGATIVE_INFINITY;
  #renewal: Renewal | undefined;
  #failures = 0;
  #whenLost: ((reason: LossReason) => void) | undefined;
  #lost = false;

  constructor(terms: LeaseTerms, key: string, token: string, duration: number) {
    super();
    this.#terms = terms;
    this.#key = key;
    this.#token = token;
    this.#duration = duration;
  }

  /** The claim is sent now, for the first time or again. */
  begin(): void {
    const sentAt = this.#terms.timers.now();
    this.#lost = false;
    this.#endsAt = sentAt + this.#duration;
    this.#nextRenewal = sentAt + this.#third;
    this.#terms.timers.set(this, this.#endsAt);
  }

  /** Whether it has ended, by a timer or by the clock alone. */
  get isOver(): boolean {
    return this.#lost || this.#terms.timers.now() >= this.#endsAt;
  }

  /** Whole milliseconds until it ends unless it is renewed, at least 1. */
  get remaining(): number {
    return Math.max(1, Math.ceil(this.#endsAt - this.#terms.timers.now()));
  }

  /** The one who hears of it when it is lost, in the place of whoever did. */
  whenLost(listener: ((reason: LossReason) => void) | undefined): void {
    this.#whenLost = listener;
  }

  /** Renews it in the background, a third of the lease after each sending, until then by the executor's clock. */
  keep(until: number): void {
    this.#keepUntil = until;
    this.#schedule();
  }

  /** Lets it run out. What a renewal under way answers no longer matters. */
  stopRenewing(): void {
    this.#keepUntil = Number.NEGATIVE_INFINITY;
    this.#renewal?.stop.abort();
    this.#renewal = undefined;
    if (this.slot >= 0) this.#schedule();
  }

  /** It ends in `longest` milliseconds, if not sooner. */
  shorten(longest: number): void {
    this.#endsAt = Math.min(this.#endsAt, this.#terms.timers.now() + longest);
    if (this.slot >= 0) this.#schedule();
  }

  /** It is over, by a completion or a release: it cannot be lost any more. */
  end(): void {
    this.#keepUntil = Number.NEGATIVE_INFINITY;
    this.#renewal?.stop.abort();
    this.#renewal = undefined;
    this.#whenLost = undefined;
    this.#terms.timers.clear(this);
  }

  /** Settles as the work does; rejects when the lease ends first, and what the work answers then is lost. */
  race<T>(work: Promise<T>, late: () => Error): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#lost) reject(late());
      this.#whenLost = () => reject(late());
      work.then(resolve, reject);
    });
  }

  override due(): void {
    const now = this.#terms.timers.now();
    if (this.deadline >= this.#endsAt || now >= this.#endsAt) {
      this.#lose('lease-ended');
    } else if (this.#renewal === undefined) {
      this.#renew(now);
    } else {
      // It hangs, and must not keep the next from being sent.
      this.#renewal.stop.abort();
      this.#renewal = undefined;
      this.#notRenewed(now);
    }
  }

  get #third(): number {
    return Math.ceil(this.#duration / 3);
  }

  #schedule(): void {
    const next =
      this.#renewal === undefined ? this.#nextRenewal : this.#renewal.sentAt + this.#third;
    const renews = this.#renewal !== undefined || next <= this.#keepUntil;
    this.#terms.timers.set(this, renews ? Math.min(next, this.#endsAt) : this.#endsAt);
  }

  #renew(sentAt: number): void {
    const renewal: Renewal = { sentAt, stop: new AbortController() };
    this.#renewal = renewal;
    this.#schedule();
    this.#send(renewal.stop.signal).then(
      (held) => this.#answered(renewal, held),
      () => this.#answered(renewal, undefined),
    );
  }

  async #send(signal: AbortSignal): Promise<boolean> {
    return this.#terms.store.renew(this.#key, this.#token, this.#duration, { signal });
  }

  #answered(renewal: Renewal, held: unknown): void {
    if (this.#renewal !== renewal) return;
    this.#renewal = undefined;
    const now = this.#terms.timers.now();
    const endsAt = renewal.sentAt + this.#duration;
    if (held === false) {
      this.#lose('renewal-refused');
    } else if (held !== true || now >= endsAt) {
      this.#notRenewed(now);
    } else {
      this.#failures = 0;
      this.#endsAt = endsAt;
      this.#nextRenewal = renewal.sentAt + this.#third;
      this.#schedule();
    }
  }

  #notRenewed(now: number): void {
    if (now >= this.#endsAt) {
      this.#lose('lease-ended');
      return;
    }
    this.#failures += 1;
    const backoff = { first: this.#third / 8, longest: this.#third };
    this.#nextRenewal = now + backoffDelay(backoff, this.#failures, this.#terms.random);
    this.#schedule();
  }

  #lose(reason: LossReason): void {
    const listener = this.#whenLost;
    this.#lost = true;
    this.end();
    listener?.(reason);
  }
}
