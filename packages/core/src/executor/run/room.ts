import { isIdempotencyError } from '../../contract/errors.ts';
import type { Completed, InProgress, Unwatch } from '../../contract/store.ts';
import { Latch } from '../../support/latch.ts';
import type { Config } from '../config.ts';
import { storeLate } from '../errors.ts';
import { Attempt, type AttemptHost } from './attempt.ts';
import type { Call } from './call.ts';
import type { Fail, Settlement, Take } from './outcome.ts';
import { Pause, pauseDelay } from './pause.ts';
import { release } from './release.ts';
import { isUnreachable, mayHaveClaimed } from './store-errors.ts';
import { stopWatching, watch } from './watch.ts';

/** A claim that may have been granted though the store did not say so. */
interface Unsure {
  readonly token: string;
  readonly fingerprint: string | undefined;
}

/** Milliseconds between two questions at least. */
const SHORTEST_PAUSE = 5;

/**
 * All calls of this process that want the same key at the same time. At most one question to the
 * store is under way, and at most one execution; who wins and who waits looks the same as if the
 * others were elsewhere.
 */
export class Room implements AttemptHost {
  readonly #config: Config;
  readonly #key: string;
  /** Where it is while it is not empty. */
  readonly #rooms: Map<string, Room>;
  #calls = 0;
  #attempt: Attempt | undefined;
  #pause: Pause | undefined;
  #unsure: Unsure | undefined;
  #unwatch: Unwatch | undefined;
  /** Something happened to the key since the store was asked. */
  #woken = false;
  #fruitless = 0;
  /** When the other's lease ends, by the last answer; undefined when that was another. */
  #leaseEndsAt: number | undefined;

  /** The room of the call's key. One is made only for a call that enters it: it ends when the last one leaves. */
  static of(rooms: Map<string, Room>, { config, recordKey }: Call): Room {
    return rooms.get(recordKey) ?? new Room(config, recordKey, rooms);
  }

  private constructor(config: Config, key: string, rooms: Map<string, Room>) {
    this.#config = config;
    this.#key = key;
    this.#rooms = rooms;
    rooms.set(key, this);
  }

  /** Whose function is under way. */
  get running(): Attempt | undefined {
    return this.#attempt?.isRunning === true ? this.#attempt : undefined;
  }

  enter(): void {
    this.#calls += 1;
  }

  leave(): void {
    this.#calls -= 1;
    this.#end();
  }

  /** Nobody asks the store, executes or waits. */
  get isQuiet(): boolean {
    return this.#attempt === undefined && this.#pause === undefined;
  }

  /** Settles when the call's execution has, or with somebody else's record, or rejects. */
  async settle(call: Call): Promise<Settlement> {
    for (;;) {
      // Nobody hears this: the call was rejected already.
      if (call.isGone) throw call.signal?.reason;
      const settlement = await this.#step(call);
      if (settlement !== undefined) return settlement;
    }
  }

  #step(call: Call): Promise<Settlement | undefined> {
    if (this.#attempt !== undefined) return this.#follow(call, this.#attempt);
    // A turn more, as for those whom an answer brings to a pause: all who waited for it ask together.
    if (this.#pause !== undefined && !call.isLate) return this.#rest(call).then(nothing);
    return new Promise((take, fail) => this.lead(call, take, fail));
  }

  /** Asks the store, and executes when the claim is granted. Calls one of the two back, once. */
  lead(call: Call, take: Take, fail: Fail): void {
    const attempt = new Attempt(call, this.#tokenFor(call), this);
    this.#attempt = attempt;
    this.#woken = false;
    attempt.claim((answer) => {
      attempt.answer = answer;
      const isExecuting =
        answer.outcome === 'acquired' &&
        !call.isGone &&
        attempt.execute((outcome) => take({ kind: 'executed', attempt, outcome }));
      if (isExecuting) {
        if (this.#pause !== undefined) this.#endPause();
        this.#fruitless = 0;
        if (attempt.news !== undefined) attempt.tell();
        return;
      }
      this.#refuse(attempt);
      this.#attempt = undefined;
      if (attempt.news !== undefined) attempt.tell();
      try {
        const taken = this.#take(call, attempt);
        if (taken instanceof Promise) taken.then(take, fail);
        else take(taken);
      } catch (error) {
        fail(error);
      }
    });
  }

  /** What becomes of a question that granted nothing. */
  #refuse(attempt: Attempt): void {
    const { answer, call, token } = attempt;
    this.#leaseEndsAt = undefined;
    switch (answer?.outcome) {
      case 'acquired':
        attempt.answer = call.isGone
          ? { outcome: 'returned' }
          : { outcome: 'failed', error: storeLate(this.#key, 'claim') };
        attempt.lease.end();
        this.#release(token, attempt.takeover);
        break;
      case 'in-progress':
        this.#leaseEndsAt = this.#config.timers.now() + answer.leaseRemaining;
        break;
      case 'completed':
        this.#endPause();
        break;
      case 'failed':
        if (mayHaveClaimed(answer.error)) this.#unsure = { token, fingerprint: call.fingerprint };
    }
  }

  /** Waits for another call of this process, as for one elsewhere. */
  async #follow(call: Call, attempt: Attempt): Promise<Settlement | undefined> {
    if (attempt.answer === undefined) {
      attempt.news ??= new Latch();
      if (!(await call.whenever(attempt.news))) return undefined;
    }
    return this.#take(call, attempt);
  }

  /** What the answer to the question means for this call. */
  #take(call: Call, attempt: Attempt): Settlement | undefined | Promise<Settlement | undefined> {
    const { answer } = attempt;
    switch (answer?.outcome) {
      case 'acquired':
        return this.#await(call, attempt);
      case 'completed':
        if (call.fingerprint !== undefined && !this.#compare(call, attempt, answer))
          return undefined;
        return { kind: 'replayed', bytes: answer.value };
      case 'in-progress':
        if (!this.#compare(call, attempt, answer)) return undefined;
        // One from before the call may speak of a lease that is over, after a stall.
        if (
          attempt.lease.sentAt < call.startedAt &&
          attempt.lease.sentAt + answer.leaseRemaining <= this.#config.timers.now()
        ) {
          return undefined;
        }
        return this.#rest(call);
      case 'failed':
        return this.#afterFailure(call, answer.error);
      default:
        return undefined;
    }
  }

  /**
   * Throws for a key that was used with another fingerprint. False when the store may have said so
   * before the call began: what it saw then may be gone, and is no reason to refuse for good.
   */
  #compare(call: Call, attempt: Attempt, answer: InProgress | Completed): boolean {
    if (!call.differs(answer.fingerprint)) return true;
    if (attempt.lease.sentAt < call.startedAt) return false;
    throw call.keyReused();
  }

  /** Somebody executes in this process. */
  async #await(call: Call, attempt: Attempt): Promise<Settlement | undefined> {
    if (attempt.outcome === undefined && attempt.isRunning && attempt.lease.isOver) {
      // Its timer will say so: what it holds is nothing to be refused for.
      attempt.news ??= new Latch();
      await call.whenever(attempt.news);
      return undefined;
    }
    if (call.differs(attempt.call.fingerprint)) throw call.keyReused();
    if (attempt.outcome === undefined) {
      if (call.wait === 0) throw call.inProgress(attempt.lease.remaining);
      attempt.news ??= new Latch();
      const ended = await call.until(attempt.news);
      if (call.isGone) return undefined;
      if (!ended) throw call.inProgress(attempt.lease.remaining);
    }
    const { outcome } = attempt;
    if (outcome?.kind !== 'recorded') return undefined;
    return { kind: 'replayed', bytes: outcome.record.bytes };
  }

  /** Waits, together with all others who do, until it is time to ask again. */
  async #rest(call: Call): Promise<undefined> {
    if (call.isLate) throw call.inProgress(this.#leaseRemaining());
    this.#watch();
    this.#pause ??= this.#startPause();
    const pause = this.#pause;
    pause.notAfter(call.deadline);
    if ((await call.whenever(pause.over)) && this.#pause === pause) this.#pause = undefined;
    return undefined;
  }

  /** Who waits already, goes on; who has only come, is rejected: nothing runs while the store is away. */
  async #afterFailure(call: Call, error: unknown): Promise<Settlement | undefined> {
    if (isIdempotencyError(error) && error.retryable && call.hasWaited && !call.isLate) {
      return this.#rest(call);
    }
    if (this.#config.runUnprotected && isUnreachable(error)) return { kind: 'unreachable' };
    throw error;
  }

  #startPause(): Pause {
    const { timers, runtime } = this.#config;
    const random = (): number => runtime.random();
    this.#fruitless += 1;
    // The first is short in any case: what happened between the answer and the watching went unheard.
    const heard = this.#unwatch !== undefined && this.#fruitless > 1;
    let delay = this.#woken ? 0 : pauseDelay(this.#fruitless, heard, random);
    if (this.#leaseEndsAt !== undefined) {
      // A lease that ends sooner is taken over then, by processes that do not all come at once.
      const lapse = this.#leaseEndsAt - timers.now() + random() * SHORTEST_PAUSE;
      delay = Math.min(delay, Math.ceil(lapse));
    }
    return new Pause(timers, delay, SHORTEST_PAUSE);
  }

  #endPause(): void {
    const pause = this.#pause;
    this.#pause = undefined;
    pause?.end();
  }

  #leaseRemaining(): number {
    const { timers, lease } = this.#config;
    if (this.#leaseEndsAt === undefined) return lease;
    return Math.max(1, Math.ceil(this.#leaseEndsAt - timers.now()));
  }

  #watch(): void {
    this.#unwatch ??= watch(this.#config.store, this.#key, () => {
      this.#woken = true;
      this.#pause?.hurry();
    });
  }

  /** A claim that may have been granted is repeated by its token, if it says the same. */
  #tokenFor(call: Call): string {
    const unsure = this.#unsure;
    this.#unsure = undefined;
    if (unsure === undefined) return this.#config.runtime.createToken();
    if (unsure.fingerprint === call.fingerprint) return unsure.token;
    this.#release(unsure.token, true);
    return this.#config.runtime.createToken();
  }

  /** The next caller need not wait for the lease to end. It ends by itself when this fails. */
  #release(token: string, takeover: boolean): void {
    release(this.#config.store, this.#key, token, takeover).catch(() => {});
  }

  attemptEnded(): void {
    this.#attempt = undefined;
    this.#end();
  }

  /** When nobody is left, nor is anything of theirs. */
  #end(): void {
    if (this.#calls > 0) return;
    if (this.#pause !== undefined) this.#endPause();
    if (this.#unwatch !== undefined) stopWatching(this.#unwatch);
    this.#unwatch = undefined;
    if (this.#attempt !== undefined) return;
    if (this.#unsure !== undefined) this.#release(this.#unsure.token, true);
    this.#unsure = undefined;
    this.#rooms.delete(this.#key);
  }
}

function nothing(): undefined {}
