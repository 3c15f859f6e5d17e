import { IdempotencyError } from '@idem/core';
import { retryTransient } from '@idem/core/adapter';
import type { Acknowledgement } from './acknowledgement.ts';
import { type Deadline, Deadlines } from './deadlines.ts';
import type { Argument, Connection, Driver, Evaluation, Wanted } from './driver/driver.ts';
import { ignore } from './driver/parts.ts';
import { isReadOnly, isTransient, isUnknownScript, toIdempotencyError } from './faults.ts';
import { redirectionIn } from './redirection.ts';
import type { Script } from './scripts/script.ts';

/** A script to run on one key, and what to make of its answer. */
export interface Task<T> {
  readonly script: Script;
  /** With the prefix. */
  readonly key: string;
  readonly args: readonly Argument[];
  readonly signal: AbortSignal | undefined;
  parse(answer: unknown): T;
  /** Told of each attempt before it is sent. */
  readonly reading?: { sentOn(connection: Connection): void } | undefined;
  /** Which results the replicas must have; given only where any are asked for. */
  readonly mustReplicate?: ((result: T) => boolean) | undefined;
}

/** One operation under way, all its attempts. */
interface Course extends Wanted {
  readonly deadline: Deadline;
  readonly signal: AbortSignal | undefined;
  lastFault: unknown;
}

/** A pause is short at first: most drops are over before the next command. */
const BACKOFF = { first: 10, longest: 250 };

/** Redirections and unknown scripts in a row that are followed at once. */
const MOST_HOPS = 4;

/** Milliseconds between two new connections to an endpoint that leads to a replica. */
const RECONNECTION_PAUSE = 500;

/** Runs operations against the deadline, and again after a transient fault. What was not sent by the deadline is never sent. */
export class Runner {
  readonly #driver: Driver;
  readonly #acknowledgement: Acknowledgement | undefined;
  readonly #timeout: number;
  readonly #deadlines: Deadlines;
  readonly #reconnected = new WeakMap<Connection, number>();

  /** @param timeout milliseconds that an operation may take, repetitions included */
  constructor(driver: Driver, timeout: number, acknowledgement?: Acknowledgement) {
    this.#driver = driver;
    this.#timeout = timeout;
    this.#acknowledgement = acknowledgement;
    this.#deadlines = new Deadlines(timeout);
  }

  /** Rejects with `IDEM_STORE_TIMEOUT`, `IDEM_STORE_UNAVAILABLE` and the other codes of a store. */
  script<T>(task: Task<T>): Promise<T> {
    // The way without a fault has no promise that it could do without: each is a part of the cost.
    return new Promise((resolve, reject) => {
      const course = this.#begin(task.signal, reject);
      const done = (result: T): void => {
        this.#deadlines.met(course.deadline);
        resolve(result);
      };
      const failed = (fault: unknown): void => {
        const attempt = (n: number): Promise<T> =>
          n === 1 ? this.#follow(fault, task, course) : this.#attemptAll(task, course);
        this.#again(attempt, course).then(done, reject);
      };
      if (task.mustReplicate !== undefined) {
        this.#attempt(task, course, 'EVALSHA').then(done, failed);
        return;
      }
      const { script, key, args } = task;
      const send = (connection: Connection): Promise<unknown> => {
        this.#admit(course);
        task.reading?.sentOn(connection);
        return connection.evaluate('EVALSHA', script.sha, key, args, course);
      };
      this.#use(key, send).then((answer) => {
        try {
          done(task.parse(answer));
        } catch (error) {
          failed(error);
        }
      }, failed);
    });
  }

  /** Runs anything else, under the same rules. */
  run<T>(attempt: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const course = this.#begin(undefined, reject);
      this.#again(attempt, course).then((result) => {
        this.#deadlines.met(course.deadline);
        resolve(result);
      }, reject);
    });
  }

  #begin(signal: AbortSignal | undefined, reject: (error: unknown) => void): Course {
    const course: Course = {
      deadline: this.#deadlines.start(() => {
        reject(this.#late(course));
        course.withdraw?.();
      }),
      signal,
      lastFault: undefined,
      withdraw: undefined,
    };
    return course;
  }

  #use<T>(key: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    try {
      return this.#driver.use(key, work);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Throws where it is too late to send: a timer alone may come late, after a stall of the event loop. */
  #admit(course: Course): void {
    course.signal?.throwIfAborted();
    if (performance.now() >= course.deadline.at) throw this.#late(course);
  }

  #attemptAll<T>(task: Task<T>, course: Course): Promise<T> {
    return this.#attempt(task, course, 'EVALSHA').catch((fault: unknown) =>
      this.#follow(fault, task, course),
    );
  }

  async #attempt<T>(
    task: Task<T>,
    course: Course,
    how: Evaluation,
    at?: { readonly address: string; readonly asking: boolean },
  ): Promise<T> {
    const work = async (connection: Connection): Promise<T> => {
      this.#admit(course);
      const { socket } = connection;
      task.reading?.sentOn(connection);
      if (at?.asking === true) connection.call('ASKING').catch(ignore);
      const { script, key, args } = task;
      const name = how === 'EVAL' ? script.source : script.sha;
      const answer = await connection
        .evaluate(how, name, key, args, course)
        .catch((fault: unknown) => {
          if (isReadOnly(fault)) this.#reconnect(connection, socket);
          throw fault;
        });
      const result = task.parse(answer);
      if (task.mustReplicate?.(result) === true) {
        await this.#acknowledgement?.confirm(connection, socket);
      }
      return result;
    };
    if (at === undefined) return this.#use(task.key, work);
    return this.#driver.useAt(at.address, work);
  }

  /** Does at once what an error of the server asks for; rejects with one that asks for nothing. */
  async #follow<T>(fault: unknown, task: Task<T>, course: Course): Promise<T> {
    let how: Evaluation = 'EVALSHA';
    let at: { readonly address: string; readonly asking: boolean } | undefined;
    let last = fault;
    for (let hop = 0; hop < MOST_HOPS; hop += 1) {
      const redirection = redirectionIn(last);
      if (redirection?.asking === false) this.#driver.relearn(task.key);
      if (redirection !== undefined) at = redirection;
      else if (isUnknownScript(last)) how = 'EVAL';
      else break;
      try {
        return await this.#attempt(task, course, how, at);
      } catch (next) {
        last = next;
      }
    }
    throw last;
  }

  /** An endpoint with a name may lead to the new master by now, and the old connection does not. */
  #reconnect(connection: Connection, socket: unknown): void {
    const now = performance.now();
    const before = this.#reconnected.get(connection);
    if (!connection.isReady || connection.socket !== socket) return;
    if (before !== undefined && now - before < RECONNECTION_PAUSE) return;
    this.#reconnected.set(connection, now);
    connection.reconnect();
  }

  async #again<T>(attempt: (n: number) => Promise<T>, course: Course): Promise<T> {
    const { signal, deadline } = course;
    try {
      return await retryTransient(attempt, {
        attempts: Number.POSITIVE_INFINITY,
        deadline: deadline.at - performance.now(),
        signal,
        backoff: BACKOFF,
        isTransient: (error) => {
          if (!isTransient(error, this.#driver.hasEnded)) return false;
          course.lastFault = error;
          return true;
        },
      });
    } catch (error) {
      this.#deadlines.met(deadline);
      if (signal?.aborted === true) throw signal.reason;
      throw toIdempotencyError(error, this.#driver.hasEnded);
    }
  }

  #late({ lastFault }: Course): IdempotencyError {
    if (lastFault !== undefined) return toIdempotencyError(lastFault, false);
    return new IdempotencyError(
      'IDEM_STORE_TIMEOUT',
      `Redis did not answer within ${this.#timeout} ms; the outcome is unknown, and the same call may be repeated.`,
      { retryable: true },
    );
  }
}
