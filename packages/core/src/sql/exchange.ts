import { IdempotencyError } from '../contract/errors.ts';
import { systemTimers, Timer } from '../time/timers.ts';
import type { SqlRequest } from './channel.ts';

export interface ExchangeOptions<T> {
  /** How the messages call the server: `SQL Server`. */
  readonly server: string;
  /** Sends the request once it has a connection, which it tells by calling `connected`. */
  readonly work: (exchange: Exchange) => Promise<T>;
  /** Asks for the end of what was sent. */
  readonly cancel: () => void;
  /** When a request that was given up is rejected: at once, or when it has ended. */
  readonly rejects: 'at once' | 'when ended';
}

/** What the work of an exchange is told, and tells. */
export interface Exchange {
  /** True once it was given up: nothing may be sent any more. */
  readonly given: () => boolean;
  /** The request has its connection. */
  readonly connected: () => void;
}

/** Settles as the work does, unless its deadline or its signal comes first. */
export function exchange<T>(
  limits: Pick<SqlRequest, 'deadline' | 'signal'>,
  options: ExchangeOptions<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    new Running(limits, options, resolve, reject).begin();
  });
}

/** One request, from when it is handed in until it is settled. It costs a request little when nothing happens to it. */
class Running<T> extends Timer implements Exchange {
  readonly keepsAlive = true;
  readonly #wait: number;
  readonly #signal: AbortSignal | undefined;
  readonly #options: ExchangeOptions<T>;
  readonly #resolve: (answer: T) => void;
  readonly #reject: (reason: unknown) => void;
  #connected = false;
  #ended = false;
  #given: { readonly reason: unknown } | undefined;

  constructor(
    { deadline, signal }: Pick<SqlRequest, 'deadline' | 'signal'>,
    options: ExchangeOptions<T>,
    resolve: (answer: T) => void,
    reject: (reason: unknown) => void,
  ) {
    super();
    this.#wait = deadline;
    this.#signal = signal;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  readonly given = (): boolean => this.#given !== undefined;

  readonly connected = (): void => {
    this.#connected = true;
  };

  begin(): void {
    const signal = this.#signal;
    if (signal?.aborted === true) {
      this.#giveUp(signal.reason);
      return;
    }
    signal?.addEventListener('abort', this.#abort, { once: true });
    systemTimers.set(this, systemTimers.now() + Math.max(1, this.#wait));
    this.#options.work(this).then(
      (answer) => {
        if (!this.#end()) return;
        if (this.#given === undefined) this.#resolve(answer);
        else this.#reject(this.#given.reason);
      },
      (error: unknown) => {
        if (this.#end()) this.#reject(this.#given === undefined ? error : this.#given.reason);
      },
    );
  }

  /** Its time is up. */
  due(): void {
    this.#giveUp((this.#connected ? noAnswer : noConnection)(this.#options.server, this.#wait));
  }

  readonly #abort = (): void => this.#giveUp(this.#signal?.reason);

  #giveUp(reason: unknown): void {
    if (this.#ended || this.#given !== undefined) return;
    this.#given = { reason };
    this.#options.cancel();
    if ((this.#options.rejects === 'at once' || !this.#connected) && this.#end()) {
      this.#reject(reason);
    }
  }

  /** False when it had ended before. */
  #end(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    systemTimers.clear(this);
    this.#signal?.removeEventListener('abort', this.#abort);
    return true;
  }
}

function noConnection(server: string, deadline: number): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_BUSY',
    `The pool gave no connection to ${server} within ${Math.round(deadline)} ms: look for a slow or unreachable server first, then for a pool that is too small.`,
    { retryable: true },
  );
}

function noAnswer(server: string, deadline: number): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_TIMEOUT',
    `${server} did not answer within ${Math.round(deadline)} ms; the outcome is unknown, and the operation may be repeated. Look for what holds it up, such as a long transaction on the same record.`,
    { retryable: true },
  );
}
