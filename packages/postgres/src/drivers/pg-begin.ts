import { IdempotencyError, type RunTransaction } from '@idem/core';
import type { PgPoolClient } from './pg-client.ts';

/** A pool of `pg`, by what is needed to run transactions; `Tx` is the type of its clients. */
export interface PgTransactionPool<Tx> {
  connect(): Promise<Tx & PgPoolClient>;
}

export interface PgBeginOptions {
  /** How transactions begin: `BEGIN ISOLATION LEVEL SERIALIZABLE`. Default `BEGIN`. */
  readonly begin?: string;
}

/**
 * Runs work in transactions of this pool, for `runInTransaction`. A client on which something went
 * wrong that leaves its transaction open is closed, which rolls back; and one that loses its connection
 * between two statements does not end the process.
 */
export function inPgTransaction<Tx>(
  pool: PgTransactionPool<Tx>,
  { begin = 'BEGIN' }: PgBeginOptions = {},
): RunTransaction<Tx> {
  return async (work) => {
    const client = await pool.connect();
    const ignore = (): void => {};
    client.on('error', ignore);
    let broken = true;
    try {
      await client.query({ text: begin });
      let result: Awaited<ReturnType<typeof work>>;
      try {
        result = await work(client);
      } catch (error) {
        // What cannot be rolled back by request is by the end of the connection.
        await client.query({ text: 'ROLLBACK' }).then(
          () => {
            broken = false;
          },
          () => {},
        );
        throw error;
      }
      const ended: object = await client.query({ text: 'COMMIT' });
      broken = false;
      // The server answers so to the COMMIT of a transaction that has failed, and calls it no error.
      if (Reflect.get(ended, 'command') === 'ROLLBACK') throw rolledBack();
      return result;
    } finally {
      client.release(broken);
      client.removeListener('error', ignore);
    }
  };
}

function rolledBack(): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_FAILED',
    'The transaction was rolled back: a statement in it had failed, and its error was not passed on. Nothing was recorded; let such an error reject the work, await each statement, and run the whole of it again.',
    { retryable: true },
  );
}
