import { IdempotencyError } from '../contract/errors.ts';
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
  { deadline, signal }: Pick<SqlRequest, 'deadline' | 'signal'>,
  { server, work, cancel, rejects }: ExchangeOptions<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let connected = false;
    let ended = false;
    let given: { readonly reason: unknown } | undefined;
    const end = (settle: () => void): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      settle();
    };
    const giveUp = (reason: unknown): void => {
      if (ended || given !== undefined) return;
      given = { reason };
      cancel();
      if (rejects === 'at once' || !connected) end(() => reject(reason));
    };
    const abort = (): void => giveUp(signal?.reason);
    const timer = setTimeout(
      () => giveUp((connected ? noAnswer : noConnection)(server, deadline)),
      Math.max(1, deadline),
    );
    if (signal?.aborted === true) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    const told: Exchange = {
      given: () => given !== undefined,
      connected: () => {
        connected = true;
      },
    };
    work(told).then(
      (rows) => end(() => (given === undefined ? resolve(rows) : reject(given.reason))),
      (error: unknown) => end(() => reject(given === undefined ? error : given.reason)),
    );
  });
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
