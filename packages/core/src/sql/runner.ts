import { retryTransient } from '../adapter-kit/retry-transient.ts';
import type { IdempotencyError } from '../contract/errors.ts';
import type { SqlChannel, SqlParameter, SqlRow } from './channel.ts';

/** Short at first: a deadlock is over when its victim hears of it. */
const BACKOFF = { first: 10, longest: 500 };

/** Against a fault that comes back at once; the deadline is what usually ends the attempts. */
const MOST_ATTEMPTS = 100;

/** What the errors of one server and its drivers mean. */
export interface Faults {
  /** True for a fault after which the same operation may be sent again. */
  isTransient(error: unknown): boolean;
  /** What the caller gets: never the server's own text, which can repeat a value. */
  toIdempotencyError(error: unknown): IdempotencyError;
}

export interface RunnerOptions {
  readonly faults: Faults;
  /** Milliseconds that one operation may take, repetitions included. */
  readonly timeout: number;
  /** False inside a transaction, which a fault may have doomed. */
  readonly repeat: boolean;
}

/** One statement, and how its rows are read. */
export interface Operation<T> {
  readonly text: string;
  /** With the same parameters, what is sent from the second attempt on; by default the same. */
  readonly textAgain?: string;
  readonly parameters: readonly SqlParameter[];
  readonly signal: AbortSignal | undefined;
  /** Turns the rows into the answer; throws `Raced` to have the statement sent again. */
  readonly read: (rows: readonly SqlRow[], attempt: number) => T;
  /** A lease depends on it. */
  readonly urgent?: boolean;
}

/** Runs operations within their deadline, and again after a transient fault. */
export class Runner {
  readonly #channel: SqlChannel;
  readonly #options: RunnerOptions;

  constructor(channel: SqlChannel, options: RunnerOptions) {
    this.#channel = channel;
    this.#options = options;
  }

  async run<T>(operation: Operation<T>): Promise<T> {
    const { text, parameters, signal, read, urgent = false } = operation;
    const started = performance.now();
    try {
      const deadline = this.#options.timeout;
      return read(await this.#channel.send({ text, parameters, deadline, signal, urgent }), 1);
    } catch (error) {
      return this.#again(operation, started, error);
    }
  }

  async #attempt<T>(
    {
      text: first,
      textAgain: text = first,
      parameters,
      signal,
      read,
      urgent = false,
    }: Operation<T>,
    n: number,
    deadline: number,
  ): Promise<T> {
    return read(await this.#channel.send({ text, parameters, deadline, signal, urgent }), n);
  }

  /** After the first attempt. */
  async #again<T>(operation: Operation<T>, started: number, first: unknown): Promise<T> {
    const { timeout, repeat, faults } = this.#options;
    const { signal } = operation;
    const left = (): number => timeout - (performance.now() - started);
    try {
      return await retryTransient(
        (n) => (n === 1 ? Promise.reject(first) : this.#attempt(operation, n, left())),
        {
          isTransient: (error) => faults.isTransient(error),
          attempts: repeat ? MOST_ATTEMPTS : 1,
          deadline: left(),
          signal,
          backoff: BACKOFF,
        },
      );
    } catch (error) {
      if (signal?.aborted === true && error === signal.reason) throw error;
      throw faults.toIdempotencyError(error);
    }
  }
}
