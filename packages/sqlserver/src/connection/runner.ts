import { retryTransient } from '@idem/core/adapter';
import { isTransient, toIdempotencyError } from '../faults/fault.ts';
import type { Row } from '../rows.ts';
import { compile } from './compile.ts';
import { type Database, sendRequest } from './request.ts';

/** Short at first: a deadlock is over when its victim hears of it. */
const BACKOFF = { first: 10, longest: 500 };

/** Against a fault that comes back at once; the deadline is what usually ends the attempts. */
const MOST_ATTEMPTS = 100;

export interface RunnerOptions {
  /** Milliseconds that one operation may take, repetitions included. */
  readonly timeout: number;
  /** False inside a transaction, which a fault may have doomed. */
  readonly repeat: boolean;
}

/** Runs operations within their deadline, and again after a transient fault. */
export class Runner {
  readonly #db: Database;
  readonly #options: RunnerOptions;

  constructor(db: Database, options: RunnerOptions) {
    this.#db = db;
    this.#options = options;
  }

  /** @param read turns the rows into the answer, and throws `Raced` to have the statement sent again */
  async run<T>(
    text: string,
    parameters: readonly unknown[],
    signal: AbortSignal | undefined,
    read: (rows: readonly Row[], attempt: number) => T,
  ): Promise<T> {
    const { timeout, repeat } = this.#options;
    const statement = compile(text, parameters);
    const started = performance.now();
    const attempt = async (n: number): Promise<T> => {
      const deadline = timeout - (performance.now() - started);
      return read(await sendRequest(this.#db, statement, { deadline, signal }), n);
    };
    try {
      return await retryTransient(attempt, {
        isTransient,
        attempts: repeat ? MOST_ATTEMPTS : 1,
        deadline: timeout,
        signal,
        backoff: BACKOFF,
      });
    } catch (error) {
      if (signal?.aborted === true && error === signal.reason) throw error;
      throw toIdempotencyError(error);
    }
  }
}
