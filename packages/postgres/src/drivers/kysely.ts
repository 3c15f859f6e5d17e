import { refuse } from '@idem/core/adapter';
import { exchange, type SqlChannel, type SqlRow, type TransactionAdapter } from '@idem/core/sql';
import { endingBy } from './ending-by.ts';
import { dollar, SERVER } from './terms.ts';

/** A statement as Kysely's drivers take it. */
export interface KyselyStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

/** A connection of Kysely, as far as it is needed. */
export interface KyselyConnection {
  executeQuery(statement: never): Promise<{ readonly rows: readonly unknown[] }>;
}

/** A Kysely instance or an open transaction, as far as it is needed. */
export interface KyselyPlace {
  getExecutor(): {
    provideConnection<T>(consumer: (connection: KyselyConnection) => Promise<T>): Promise<T>;
  };
}

/** The connections of a Kysely instance with the PostgresDialect. The store never destroys it. Throws `IDEM_INVALID_OPTIONS`. */
export function kyselyPool(db: KyselyPlace): SqlChannel {
  if (typeof db !== 'object' || db === null || !('getExecutor' in db)) {
    refuse('IDEM_INVALID_OPTIONS', db, 'a Kysely instance with the PostgresDialect', 'pool');
  }
  return channelOf(db, 'at once', endingBy);
}

/**
 * Transactions of Kysely: what `db.transaction().execute` and `db.startTransaction().execute` hand
 * out; `Tx` is its own type: `kyselyTransactions<Transaction<Database>>()`.
 */
export function kyselyTransactions<Tx extends KyselyPlace = KyselyPlace>(): TransactionAdapter<Tx> {
  return {
    channel: (tx) => {
      if (!isTransaction(tx)) {
        const what = 'what db.transaction().execute(async (tx) => …) of Kysely hands out';
        refuse('IDEM_INVALID_OPTIONS', tx, what, 'transaction');
      }
      return channelOf(tx, 'when ended', (text) => text);
    },
  };
}

function isTransaction(tx: unknown): boolean {
  return (
    typeof tx === 'object' &&
    tx !== null &&
    'getExecutor' in tx &&
    'isTransaction' in tx &&
    tx.isTransaction === true
  );
}

/**
 * Kysely's executor is used below `executeQuery`, so that no plugin of the user's instance touches
 * the rows, and so that it is known whether the request has a connection.
 */
function channelOf(
  db: KyselyPlace,
  rejects: 'at once' | 'when ended',
  limited: (text: string, deadline: number) => string,
): SqlChannel {
  return {
    placeholder: dollar,
    send: ({ text, parameters, deadline, signal }) =>
      exchange<readonly SqlRow[]>(
        { deadline, signal },
        {
          server: SERVER,
          rejects,
          cancel: () => {},
          work: ({ given, connected }) =>
            db.getExecutor().provideConnection(async (connection) => {
              if (given()) return [];
              connected();
              const statement: KyselyStatement = { sql: limited(text, deadline), parameters };
              const answer: { readonly rows: readonly SqlRow[] } = await Reflect.apply(
                connection.executeQuery,
                connection,
                [statement],
              );
              return answer.rows;
            }),
        },
      ),
  };
}
