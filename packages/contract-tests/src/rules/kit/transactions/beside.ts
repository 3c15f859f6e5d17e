import { setTimeout as sleep } from 'node:timers/promises';
import { isIdempotencyError } from '@idem/core';
import type { Transacting } from './transacting.ts';

type Outcome<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'refused'; readonly error: unknown };

/** Milliseconds within which what does not wait has answered, on however busy a machine. */
const ANSWERED_WITHIN = 5_000;

/** Milliseconds that an operation is given to come to where it waits. */
const ARRIVAL = 40;

/** An operation beside an open transaction: it is answered, it waits, or it is refused as one that may be repeated. */
export class Beside<T> {
  readonly #call: () => Promise<T>;
  readonly #outcome: Promise<Outcome<T>>;
  #answered = false;

  private constructor(call: () => Promise<T>) {
    this.#call = call;
    this.#outcome = call().then(
      (value) => {
        this.#answered = true;
        return { kind: 'answered', value };
      },
      (error: unknown) => ({ kind: 'refused', error }),
    );
  }

  /** Sends the operation, and gives it time to come to where it waits. */
  static async send<T>(call: () => Promise<T>): Promise<Beside<T>> {
    const beside = new Beside(call);
    await beside.arrive();
    return beside;
  }

  /** Gives it time to come to where it waits, or to its end. */
  async arrive(): Promise<void> {
    await Promise.race([this.#outcome, sleep(ARRIVAL)]);
  }

  /** True while it has no answer. */
  get waits(): boolean {
    return !this.#answered;
  }

  /** The answer that it has while the transaction is open; ends the rule when it has none. */
  async early({ expect }: Transacting, what: string): Promise<T> {
    const outcome = await Promise.race([this.#outcome, sleep(ANSWERED_WITHIN)]);
    if (outcome === undefined) {
      return expect.broken(`${what}: expected an answer while the transaction is open, saw none`);
    }
    if (outcome.kind === 'answered') return outcome.value;
    throw outcome.error;
  }

  /** The answer, or the retryable refusal; rejects with any other error. */
  async whenSettled(): Promise<T | 'refused'> {
    const outcome = await this.#outcome;
    if (outcome.kind === 'answered') return outcome.value;
    const { error } = outcome;
    if (isIdempotencyError(error) && error.retryable) return 'refused';
    throw error;
  }

  /** The answer, once the transaction is over; what was refused is repeated. */
  async whenOver(): Promise<T> {
    const outcome = await this.#outcome;
    if (outcome.kind === 'answered') return outcome.value;
    const { error } = outcome;
    if (isIdempotencyError(error) && error.retryable) return this.#call();
    throw error;
  }
}
