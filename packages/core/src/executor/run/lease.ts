import { backoffDelay } from '../../time/backoff.ts';
import { Timer } from '../../time/timers.ts';
import type { Config } from '../config.ts';
import type { LossReason } from '../errors.ts';

/** Whose lease it is. */
export interface LeaseHolder {
  /** It has ended, or the store says that it is not held. */
  leaseLost(reason: LossReason): void;
  /** The time is over for which an answer may be held back; the lease lasts. */
  heldBackForLong(): void;
}

interface Renewal {
  readonly sentAt: number;
  readonly stop: AbortController;
}

const NEVER: number = Number.POSITIVE_INFINITY;

/**
 * The lease of one claim, as its holder may judge it: it ends that long after the claim or the
 * renewal was *sent*, not after it was answered, so never later than at the store. After a stall of
 * the event loop a reply is handled before a timer that was due long ago, so whoever handles one
 * asks the clock (`isOver`) as well.
 *
 * It looks at itself when something may be due, and sooner where that saves moving it: a run that
 * meets nobody queues it once. It does not keep the process alive: a function that has work to do
 * does that.
 */
export class Lease extends Timer {
  readonly keepsAlive = false;
  readonly #config: Config;
  readonly #holder: LeaseHolder;
  readonly #key: string;
  readonly #token: string;
  /** Milliseconds. */
  readonly #duration: number;
  /** When the claim was sent, by the executor's clock. */
  sentAt = 0;
  #endsAt = 0;
  #nextRenewal = 0;
  /** No renewal is sent after this; none at all while it is never. */
  #keepUntil = -NEVER;
  #holdBackUntil = NEVER;
  #renewal: Renewal | undefined;
  #failures = 0;
  /** It has ended, and a timer has said so. */
  lost = false;

  /** The claim is sent now. */
  constructor(config: Config, holder: LeaseHolder, key: string, token: string, duration: number) {
    super();
    this.#config = config;
    this.#holder = holder;
    this.#key = key;
    this.#token = token;
    this.#duration = duration;
    this.restart();
  }

  /** The claim is sent now, once more. */
  restart(): void {
    const { timers, recordTimeout } = this.#config;
    const sentAt = timers.now();
    const third = this.#third;
    this.lost = false;
    this.sentAt = sentAt;
    this.#endsAt = sentAt + this.#duration;
    this.#nextRenewal = sentAt + third;
    // Between two questions it is not queued, so nothing may have said so.
    if (sentAt >= this.#holdBackUntil) this.#heldBackForLong();
    timers.set(this, Math.min(sentAt + third, sentAt + recordTimeout, this.#holdBackUntil));
  }

  /** Whether it has ended, by a timer or by the clock alone. */
  get isOver(): boolean {
    return this.lost || this.#config.timers.now() >= this.#endsAt;
  }

  /** Whole milliseconds until it ends unless it is renewed, at least 1. */
  get remaining(): number {
    return Math.max(1, Math.ceil(this.#endsAt - this.#config.timers.now()));
  }

  /** Renews it in the background, a third of the lease after each sending, until then. False when it is over now. */
  keep(until: number, now: number): boolean {
    if (this.lost || now >= this.#endsAt) return false;
    this.#keepUntil = until;
    this.#lookAt(this.#nextRenewal);
    return true;
  }

  /** Lets it run out. What a renewal under way answers no longer matters. */
  stopRenewing(): void {
    this.#keepUntil = -NEVER;
    this.#renewal?.stop.abort();
    this.#renewal = undefined;
  }

  /** Something else keeps the claim until then: it is not renewed, and ends no sooner. */
  keptUntil(instant: number): void {
    this.stopRenewing();
    this.#endsAt = Math.max(this.#endsAt, instant);
  }

  /** Tells the holder when it has lasted until then. */
  holdBack(until: number): void {
    this.#holdBackUntil = until;
    this.#lookAt(this.#holdBackUntil);
  }

  /** Milliseconds until the holder is told that it was held back for long. */
  get untilHeldBack(): number {
    return this.#holdBackUntil - this.#config.timers.now();
  }

  /** It ends in `longest` milliseconds, if not sooner. */
  shorten(longest: number): void {
    this.#endsAt = Math.min(this.#endsAt, this.#config.timers.now() + longest);
    this.#lookAt(this.#endsAt);
  }

  /** It is over, by a completion or a release: it cannot be lost any more. */
  end(): void {
    this.stopRenewing();
    this.#config.timers.clear(this);
  }

  override due(): void {
    // A timer may be early by what it was rounded.
    const now = Math.max(this.deadline, this.#config.timers.now());
    if (now >= this.#endsAt) {
      this.#lose('lease-ended');
      return;
    }
    if (now >= this.#holdBackUntil) this.#heldBackForLong();
    if (this.#renewal !== undefined && now >= this.#renewal.sentAt + this.#third) {
      // It hangs, and must not keep the next from being sent.
      this.#renewal.stop.abort();
      this.#renewal = undefined;
      this.#notRenewed(now);
    } else if (this.#renewal === undefined && this.#renewsAt <= now) {
      this.#renew(now);
    }
    this.#config.timers.set(this, this.#nextLook);
  }

  #heldBackForLong(): void {
    this.#holdBackUntil = NEVER;
    this.#holder.heldBackForLong();
  }

  get #third(): number {
    return Math.ceil(this.#duration / 3);
  }

  get #renewsAt(): number {
    return this.#nextRenewal <= this.#keepUntil ? this.#nextRenewal : NEVER;
  }

  get #nextLook(): number {
    const renewal =
      this.#renewal === undefined ? this.#renewsAt : this.#renewal.sentAt + this.#third;
    return Math.min(this.#endsAt, this.#holdBackUntil, renewal);
  }

  #lookAt(instant: number): void {
    if (this.slot >= 0 && instant < this.deadline) this.#config.timers.set(this, instant);
  }

  #renew(sentAt: number): void {
    const renewal: Renewal = { sentAt, stop: new AbortController() };
    this.#renewal = renewal;
    this.#send(renewal.stop.signal).then(
      (held) => this.#answered(renewal, held),
      () => this.#answered(renewal, undefined),
    );
  }

  async #send(signal: AbortSignal): Promise<boolean> {
    return this.#config.store.renew(this.#key, this.#token, this.#duration, { signal });
  }

  #answered(renewal: Renewal, held: unknown): void {
    if (this.#renewal !== renewal) return;
    this.#renewal = undefined;
    const now = this.#config.timers.now();
    const endsAt = renewal.sentAt + this.#duration;
    if (held === false) {
      this.#lose('renewal-refused');
      return;
    }
    if (held === true && now < endsAt) {
      this.#failures = 0;
      this.#endsAt = endsAt;
      this.#nextRenewal = renewal.sentAt + this.#third;
    } else {
      this.#notRenewed(now);
      if (now >= this.#endsAt) {
        this.#lose('lease-ended');
        return;
      }
    }
    this.#config.timers.set(this, this.#nextLook);
  }

  #notRenewed(now: number): void {
    this.#failures += 1;
    const backoff = { first: this.#third / 8, longest: this.#third };
    const { runtime } = this.#config;
    this.#nextRenewal = now + backoffDelay(backoff, this.#failures, () => runtime.random());
  }

  #lose(reason: LossReason): void {
    this.lost = true;
    this.end();
    this.#holder.leaseLost(reason);
  }
}
