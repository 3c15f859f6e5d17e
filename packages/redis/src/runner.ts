import { IdempotencyError } from '@idem/core';
import { retryTransient } from '@idem/core/adapter';
import { type Argument, hasEnded, type ScriptClient } from './client.ts';
import { Deadlines } from './deadlines.ts';
import { evaluate, evaluateWhole, isUnknownScript } from './evaluate.ts';
import { isTransient, toIdempotencyError } from './faults.ts';
import type { Script } from './scripts/script.ts';
import { WriteGroup } from './write-group.ts';

/** A script to run on one key, and what to make of its answer. */
export interface Task<T> {
  readonly script: Script;
  /** With the prefix. */
  readonly key: string;
  readonly args: readonly Argument[];
  readonly signal: AbortSignal | undefined;
  parse(answer: unknown): T | Promise<T>;
}

/** A pause is short at first: most drops are over before the next command. */
const BACKOFF = { first: 10, longest: 250 };

/** Runs operations against the deadline, and again after a transient fault. */
export class Runner {
  readonly #client: ScriptClient;
  readonly #timeout: number;
  readonly #deadlines: Deadlines;
  readonly #group: WriteGroup;

  /** @param timeout milliseconds that an operation may take, repetitions included */
  constructor(client: ScriptClient, timeout: number) {
    this.#client = client;
    this.#timeout = timeout;
    this.#deadlines = new Deadlines(timeout);
    this.#group = new WriteGroup(client);
  }

  /** Rejects with `IDEM_STORE_TIMEOUT`, `IDEM_STORE_UNAVAILABLE` and the other codes of a store. */
  script<T>(task: Task<T>): Promise<T> {
    // The way without a fault has no promise that it could do without: each is a part of the cost.
    return new Promise((resolve, reject) => {
      let late = false;
      let lastFault: unknown;
      const deadline = this.#deadlines.start(() => {
        late = true;
        reject(this.#late(lastFault));
      });
      const note = (fault: unknown): boolean => {
        lastFault = fault;
        return !late;
      };
      const done = (result: T | Promise<T>): void => {
        this.#deadlines.met(deadline);
        resolve(result);
      };
      const failed = (fault: unknown): void => {
        const attempt = (): Promise<T> => this.#attempt(task);
        const first = isUnknownScript(fault) ? this.#whole(task) : Promise.reject(fault);
        const again = (error: unknown): Promise<T> =>
          this.#again(error, attempt, task.signal, note);
        first.catch(again).then(done, (error: unknown) => {
          this.#deadlines.met(deadline);
          reject(error);
        });
      };
      if (this.#deadlines.pending > 1) this.#group.add();
      this.#send(task).then((answer) => {
        try {
          const result = task.parse(answer);
          if (result instanceof Promise) result.then(done, failed);
          else done(result);
        } catch (error) {
          failed(error);
        }
      }, failed);
    });
  }

  /** Runs anything else, under the same rules. */
  async run<T>(attempt: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      let lastFault: unknown;
      const deadline = this.#deadlines.start(() => reject(this.#late(lastFault)));
      const note = (fault: unknown): boolean => {
        lastFault = fault;
        return true;
      };
      attempt()
        .catch((fault: unknown) => this.#again(fault, attempt, undefined, note))
        .then(resolve, reject)
        .finally(() => this.#deadlines.met(deadline));
    });
  }

  #send({ script, key, args }: Task<unknown>): Promise<unknown> {
    try {
      return evaluate(this.#client, script, key, args);
    } catch (error) {
      // ioredis throws where it auto-pipelines for a slot that no node has.
      return Promise.reject(error);
    }
  }

  async #attempt<T>(task: Task<T>): Promise<T> {
    const answer = await this.#send(task).catch((error: unknown) => {
      if (!isUnknownScript(error)) throw error;
      return evaluateWhole(this.#client, task.script, task.key, task.args);
    });
    return task.parse(answer);
  }

  async #whole<T>({ script, key, args, parse }: Task<T>): Promise<T> {
    return parse(await evaluateWhole(this.#client, script, key, args));
  }

  /** What comes after a first attempt that failed. */
  async #again<T>(
    fault: unknown,
    attempt: () => Promise<T>,
    signal: AbortSignal | undefined,
    mayGoOn: (fault: unknown) => boolean,
  ): Promise<T> {
    try {
      return await retryTransient((n) => (n === 1 ? Promise.reject(fault) : attempt()), {
        attempts: Number.POSITIVE_INFINITY,
        deadline: this.#timeout,
        signal,
        backoff: BACKOFF,
        isTransient: (error) => isTransient(error, hasEnded(this.#client)) && mayGoOn(error),
      });
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason;
      throw toIdempotencyError(error, hasEnded(this.#client));
    }
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
