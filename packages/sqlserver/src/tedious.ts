/** For applications on a bare connection of tedious. */
import { IdempotencyError, type RunTransaction } from '@idem/core';
import { checkMethods } from '@idem/core/adapter';
import {
  exchange,
  type SqlParameter,
  type SqlRequest,
  type SqlRow,
  type TransactionAdapter,
} from '@idem/core/sql';
import { type Connection, Request, TYPES } from 'tedious';
import { atSign, SERVER } from './client/terms.ts';
import { refuseStillOpen } from './connection/still-open.ts';

/** A column of tedious's `row` event, with `useColumnNames` or without. */
interface Column {
  readonly metadata: { readonly colName: string };
  readonly value: unknown;
}

const CONNECTION = 'a Connection of tedious';

/**
 * Transactions of a bare tedious `Connection`, which is what its transaction is on. A connection does
 * one thing at a time: await each request before the next.
 */
export const tediousTransactions: TransactionAdapter<Connection> = {
  channel: (connection) => {
    checkMethods(connection, ['execSql', 'cancel'], CONNECTION, 'transaction');
    return { placeholder: atSign, send: (request) => sendOn(connection, request) };
  },
};

/**
 * Runs work in a transaction on this connection, for `runInTransaction`. A connection does one at a
 * time, so it is for one call at a time: on one that is in a transaction already it rejects with
 * `IDEM_STORE_BUSY`, because a transaction in another one commits nothing, and its rollback ends both. A
 * rollback that fails closes the connection, which rolls back too. Throws `IDEM_INVALID_OPTIONS` for what is
 * no connection.
 */
export function inTediousTransaction(connection: Connection): RunTransaction<Connection> {
  checkMethods(connection, ['execSql', 'beginTransaction'], CONNECTION, 'connection');
  return async (work) => {
    if (connection.inTransaction) throw alreadyInTransaction();
    await called((done) => connection.beginTransaction(done));
    let result: Awaited<ReturnType<typeof work>>;
    try {
      result = await work(connection);
    } catch (error) {
      // 3903: the server has rolled it back itself.
      await called((done) => connection.rollbackTransaction(done)).catch((refusal: unknown) => {
        if (numberOf(refusal) !== 3903) connection.close();
      });
      throw error;
    }
    await called((done) => connection.commitTransaction(done));
    refuseStillOpen(connection);
    return result;
  };
}

function sendOn(
  connection: Connection,
  { text, parameters, ...limits }: SqlRequest,
): Promise<readonly SqlRow[]> {
  let sent: Request | undefined;
  return exchange(limits, {
    server: SERVER,
    rejects: 'when ended',
    // By the request: the connection might be at another one of the application's.
    cancel: () => sent?.cancel(),
    work: ({ connected }) =>
      new Promise((resolve, reject) => {
        connected();
        const rows: SqlRow[] = [];
        const request = new Request(text, (error) => (error ? reject(error) : resolve(rows)));
        request.on('row', (columns: Column[] | Readonly<Record<string, Column>>) => {
          rows.push(rowOf(Object.values(columns)));
        });
        for (const [i, value] of parameters.entries()) {
          request.addParameter(String(i + 1), typeOf(value), value);
        }
        sent = request;
        connection.execSql(request);
      }),
  });
}

function alreadyInTransaction(): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_BUSY',
    'The connection of tedious is in a transaction already, and takes one at a time: wait for the end of the other one, or open a connection for each.',
    { retryable: true },
  );
}

function rowOf(columns: readonly Column[]): SqlRow {
  return Object.fromEntries(columns.map(({ metadata, value }) => [metadata.colName, value]));
}

function typeOf(value: SqlParameter): (typeof TYPES)['Int' | 'NVarChar' | 'VarBinary'] {
  if (typeof value === 'number') return TYPES.Int;
  return typeof value === 'string' ? TYPES.NVarChar : TYPES.VarBinary;
}

function called(call: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}

function numberOf(error: unknown): unknown {
  return error instanceof Error && 'number' in error ? error.number : undefined;
}
