import { IdempotencyError, isIdempotencyError } from '../../contract/errors.ts';
import type { Acquired, ClaimResult, InProgress } from '../../contract/store.ts';
import { createToken } from '../../contract/token.ts';
import { Latch } from '../../support/latch.ts';
import { type Backoff, backoffDelay } from '../../time/backoff.ts';
import { type Cancel, startTimer } from '../../time/timers.ts';
import { publish } from '../diagnostics.ts';
import type { Config } from '../options.ts';
import type { Caller, Grant } from './caller.ts';
import type { Execution } from './execution.ts';
import { giveUp } from './give-up.ts';
import { HeldLease } from './held-lease.ts';

/** How a call that did not execute, or did, ends. */
export type Settlement =
  | { readonly kind: 'executed'; readonly execution: Execution }
  | { readonly kind: 'replayed'; readonly bytes: Uint8Array }
  /** The store did not answer, and the policy is to run without it. */
  | { readonly kind: 'unreachable'; readonly error: unknown };

/** One question to the store, for all who are there when it is answered. */
interface Ask {
  readonly leader: Caller;
  readonly answered: Latch;
  answer: Answer | undefined;
  execution: Execution | undefined;
}

type Answer =
  | ClaimResult
  | { readonly outcome: 'failed'; readonly error: unknown }
  /** Granted, but its caller had gone: given back. */
  | { readonly outcome: 'returned' };

/** Between two questions, all who wait. */
interface Pause {
  readonly delay: number;
  readonly over: Latch;
  readonly cancel: Cancel;
}

/** A claim whose answer was lost: it may have been granted. */
interface Unsure {
  readonly token: string;
  readonly fingerprint: string | undefined;
}

const BACKOFF: Backoff = { first: 25, longest: 1_000 };
const SHORTEST_PAUSE = 5;

/**
 * All calls of this process that want the same key at the same time. At most one question to the
 * store is under way, and at most one execution; who wins and who waits looks the same as if the
 * others were elsewhere.
 */
export class Contest {
  readonly #config: Config;
  readonly #key: string;
  readonly #onIdle: () => void;
  readonly #callers: Set<Caller> = new Set();
  #ask: Ask | undefined;
  #execution: Execution | undefined;
  #pause: Pause | undefined;
  #unsure: Unsure | undefined;
  #refusals = 0;
  #seen: Pick<InProgress, 'fingerprint' | 'leaseRemaining'> | undefined;
  #seenAt = 0;

  /** @param onIdle called when nobody wants the key any more */
  constructor(config: Config, key: string, onIdle: () => void) {
    this.#config = config;
    this.#key = key;
    this.#onIdle = onIdle;
  }

  /** Settles when the caller's execution has, or with somebody else's record, or rejects. */
  async settle(caller: Caller): Promise<Settlement> {
    this.#callers.add(caller);
    try {
      for (;;) {
        const settlement = await this.#contend(caller);
        if (settlement !== undefined) return settlement;
      }
    } finally {
      this.#callers.delete(caller);
      caller.leave();
      this.#tidy();
    }
  }

  async #contend(caller: Caller): Promise<Settlement | undefined> {
    caller.terms.signal?.throwIfAborted();
    if (this.#execution !== undefined) return this.#follow(caller, this.#execution);
    if (this.#pause !== undefined && caller.terms.wait >= this.#pause.delay) {
      caller.compare(this.#seen?.fingerprint);
      await this.#rest(caller);
      return undefined;
    }
    const ask = this.#ask ?? this.#send(caller);
    if (caller.hasWaited) await caller.untilLate(ask.answered, () => this.#leaseRemaining());
    else await caller.until(ask.answered);
    return this.#take(caller, ask);
  }

  async #take(caller: Caller, { answer, execution }: Ask): Promise<Settlement | undefined> {
    if (caller.execution !== undefined) {
      await caller.until(caller.execution.settled);
      return { kind: 'executed', execution: caller.execution };
    }
    switch (answer?.outcome) {
      case 'acquired':
        return execution === undefined ? undefined : this.#follow(caller, execution);
      case 'completed':
        caller.compare(answer.fingerprint);
        return { kind: 'replayed', bytes: answer.value };
      case 'in-progress':
        caller.compare(answer.fingerprint);
        await this.#rest(caller);
        return undefined;
      case 'failed':
        return this.#afterFailure(caller, answer.error);
      default:
        return undefined;
    }
  }

  /** Waits for an execution of this process, as for one elsewhere. */
  async #follow(caller: Caller, execution: Execution): Promise<Settlement | undefined> {
    caller.compare(execution.fingerprint);
    await caller.untilLate(execution.settled, () => execution.lease.remaining);
    const { outcome } = execution;
    if (outcome?.kind !== 'recorded') return undefined;
    return { kind: 'replayed', bytes: outcome.record.bytes };
  }

  /** Who waits already, goes on; who has only come, is rejected: nothing runs while the store is away. */
  async #afterFailure(caller: Caller, error: unknown): Promise<Settlement | undefined> {
    if (caller.hasWaited && isIdempotencyError(error) && error.retryable) {
      await this.#rest(caller);
      return undefined;
    }
    if (this.#config.runUnprotected && isUnreachable(error)) return { kind: 'unreachable', error };
    throw error;
  }

  /** Waits until it is time to ask again, together with all others who wait. */
  #rest(caller: Caller): Promise<void> {
    if (caller.terms.wait > 0) this.#pause ??= this.#startPause();
    return caller.untilLate(this.#pause?.over ?? new Latch(), () => this.#leaseRemaining());
  }

  #startPause(): Pause {
    this.#refusals += 1;
    const backoff = backoffDelay(BACKOFF, this.#refusals, Math.random);
    // A lease that ends sooner is taken over then, by processes that do not all come at once.
    const lapse = this.#leaseRemaining() + Math.random() * SHORTEST_PAUSE;
    const delay = Math.ceil(Math.max(SHORTEST_PAUSE, Math.min(backoff, lapse)));
    const over = new Latch();
    const cancel = startTimer(delay, true, () => this.#endPause());
    return { delay, over, cancel };
  }

  #endPause(): void {
    const pause = this.#pause;
    this.#pause = undefined;
    pause?.cancel();
    pause?.over.open();
  }

  #leaseRemaining(): number {
    const elapsed = Math.max(0, performance.now() - this.#seenAt);
    return Math.max(1, Math.ceil((this.#seen?.leaseRemaining ?? this.#config.lease) - elapsed));
  }

  #send(leader: Caller): Ask {
    const ask: Ask = { leader, answered: new Latch(), answer: undefined, execution: undefined };
    this.#ask = ask;
    void this.#claim(ask).then((answer) => {
      ask.answer = answer;
      this.#ask = undefined;
      ask.answered.open();
      this.#tidy();
    });
    return ask;
  }

  async #claim(ask: Ask): Promise<Answer> {
    const { store, lease } = this.#config;
    const { fingerprint } = ask.leader.terms;
    const token = this.#tokenFor(fingerprint);
    const held = new HeldLease(this.#config, this.#key, token);
    const sentAt = performance.now();
    let result: ClaimResult;
    try {
      result = await held.race(store.claim(this.#key, { token, lease, fingerprint }), claimLate);
    } catch (error) {
      held.end();
      this.#unsure = { token, fingerprint };
      publish('idem:failed', () => ({ key: this.#key, stage: 'claim', error }));
      return { outcome: 'failed', error };
    }
    if (result.outcome === 'acquired') {
      const claimTime = performance.now() - sentAt;
      return this.#grant(ask, { ...result, lease: held, token, claimTime });
    }
    held.end();
    if (result.outcome === 'in-progress') {
      this.#seen = result;
      this.#seenAt = performance.now();
    } else {
      this.#endPause();
    }
    return result;
  }

  async #grant(ask: Ask, grant: Grant & Acquired): Promise<Answer> {
    this.#refusals = 0;
    if (ask.leader.gone) {
      grant.lease.end();
      await this.#giveBack(grant.token, grant.takeover);
      return { outcome: 'returned' };
    }
    const execution = ask.leader.terms.begin(grant);
    ask.leader.execution = execution;
    ask.execution = execution;
    this.#execution = execution;
    this.#endPause();
    if (execution.outcome !== undefined) void this.#giveBack(grant.token, grant.takeover);
    execution.settled.listen(() => {
      this.#execution = undefined;
      this.#tidy();
    });
    return grant;
  }

  /** A claim that may have been granted is repeated by its token, if it says the same. */
  #tokenFor(fingerprint: string | undefined): string {
    const unsure = this.#unsure;
    this.#unsure = undefined;
    if (unsure === undefined) return createToken();
    if (unsure.fingerprint === fingerprint) return unsure.token;
    void this.#giveBack(unsure.token, true);
    return createToken();
  }

  /** The next caller need not wait for the lease to end. A failure is published: it ends by itself. */
  async #giveBack(token: string, takeover: boolean): Promise<void> {
    try {
      await giveUp(this.#config.store, this.#key, token, takeover);
    } catch (error) {
      publish('idem:failed', () => ({ key: this.#key, stage: 'release', error }));
    }
  }

  #tidy(): void {
    if (this.#callers.size > 0) return;
    this.#endPause();
    if (this.#ask !== undefined || this.#execution !== undefined) return;
    if (this.#unsure !== undefined) void this.#giveBack(this.#unsure.token, true);
    this.#unsure = undefined;
    this.#onIdle();
  }
}

/** A claim that is answered after its lease ended is of no use, and others wait for the answer. */
function claimLate(): IdempotencyError {
  const message = 'The store did not answer the claim before its lease would have ended.';
  return new IdempotencyError('IDEM_STORE_TIMEOUT', message, { retryable: true });
}

const UNREACHABLE: ReadonlySet<unknown> = new Set([
  'IDEM_STORE_UNAVAILABLE',
  'IDEM_STORE_TIMEOUT',
  'IDEM_STORE_BUSY',
]);

function isUnreachable(error: unknown): boolean {
  return isIdempotencyError(error) && UNREACHABLE.has(error.code);
}
