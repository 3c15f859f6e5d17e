import { IdempotencyError } from '@idem/core';
import type { CompiledQuery, DatabaseConnection, QueryExecutor } from 'kysely';
import type { Row } from '../rows.ts';

/** A Kysely instance or an open transaction. */
export interface Database {
  getExecutor(): QueryExecutor;
}

export interface RequestLimits {
  /** Milliseconds until it is given up. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends one statement and reads its rows. Given up while it waits for a connection, it is never
 * sent; given up while it runs, it is cancelled at the server, and the connection stays out of the
 * pool until the server says so or the driver closes it.
 *
 * Kysely's executor is used below `executeQuery`, so that no plugin of the user's instance touches
 * the rows, and so that it is known whether the request has a connection.
 */
export function sendRequest(
  db: Database,
  statement: CompiledQuery,
  { deadline, signal }: RequestLimits,
): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    let connection: DatabaseConnection | undefined;
    let ended = false;
    const end = (): void => {
      ended = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
    const giveUp = (reason: unknown): void => {
      if (ended) return;
      end();
      connection?.cancelQuery?.(noOtherConnection).catch(() => {});
      reject(reason);
    };
    const abort = (): void => giveUp(signal?.reason);
    const timer = setTimeout(
      () => giveUp(connection === undefined ? noConnection(deadline) : noAnswer(deadline)),
      Math.max(1, deadline),
    );
    signal?.addEventListener('abort', abort, { once: true });

    const run = async (free: DatabaseConnection): Promise<void> => {
      if (ended) return;
      connection = free;
      const { rows } = await free.executeQuery<Row>(statement);
      if (ended) return;
      end();
      resolve(rows);
    };
    db.getExecutor()
      .provideConnection(run)
      .catch((error: unknown) => {
        if (ended) return;
        end();
        reject(error);
      });
  });
}

// tedious cancels on the connection itself.
async function noOtherConnection(): Promise<void> {}

function noConnection(deadline: number): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_BUSY',
    `The pool gave no connection to SQL Server within ${Math.round(deadline)} ms: look for a slow or unreachable server first, then for a pool that is too small.`,
    { retryable: true },
  );
}

function noAnswer(deadline: number): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_TIMEOUT',
    `SQL Server did not answer within ${Math.round(deadline)} ms; the outcome is unknown, and the operation may be repeated. Look for what holds it up, such as a long transaction on the same record.`,
    { retryable: true },
  );
}
