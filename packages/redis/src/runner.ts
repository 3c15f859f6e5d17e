import { IdempotencyError } from '@idem/core';
import { retryTransient } from '@idem/core/adapter';
import { hasEnded, type RedisClient } from './client.ts';
import { Deadlines } from './deadlines.ts';
import { isTransient, toIdempotencyError } from './faults.ts';

/** A pause is short at first: most drops are over before the next command. */
const BACKOFF = { first: 10, longest: 250 };

/** Runs operations against the deadline, and again after a transient fault. */
export class Runner {
  readonly #client: RedisClient;
  readonly #timeout: number;
  readonly #deadlines: Deadlines;

  /** @param timeout milliseconds that an operation may take, repetitions included */
  constructor(client: RedisClient, timeout: number) {
    this.#client = client;
    this.#timeout = timeout;
    this.#deadlines = new Deadlines(timeout);
  }

  /** Rejects with `IDEM_STORE_TIMEOUT`, `IDEM_STORE_UNAVAILABLE` and the other codes of a store. */
  run<T>(attempt: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      let lastFault: unknown;
      let late = false;
      const deadline = this.#deadlines.start(() => {
        late = true;
        reject(this.#late(lastFault));
      });
      retryTransient(attempt, {
        attempts: Number.POSITIVE_INFINITY,
        deadline: this.#timeout,
        signal,
        backoff: BACKOFF,
        isTransient: (fault) => {
          lastFault = fault;
          return !late && isTransient(fault, hasEnded(this.#client));
        },
      }).then(
        (result) => {
          this.#deadlines.met(deadline);
          resolve(result);
        },
        (error: unknown) => {
          this.#deadlines.met(deadline);
          if (signal?.aborted === true) reject(signal.reason);
          else reject(toIdempotencyError(error, hasEnded(this.#client)));
        },
      );
    });
  }

  #late(lastFault: unknown): IdempotencyError {
    if (lastFault !== undefined) return toIdempotencyError(lastFault, false);
    return new IdempotencyError(
      'IDEM_STORE_TIMEOUT',
      `Redis did not answer within ${this.#timeout} ms; the outcome is unknown, and the same call may be repeated.`,
      { retryable: true },
    );
  }
}
