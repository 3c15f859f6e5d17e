import { refuse } from '@idem/core/adapter';
import {
  exchange,
  type SqlChannel,
  type SqlParameter,
  type SqlRow,
  type TransactionAdapter,
  uncancellable,
} from '@idem/core/sql';
import { endingBy } from './ending-by.ts';
import type {
  PostgresJs,
  PostgresJsQuery,
  PostgresJsRawQuery,
  PostgresJsTransaction,
} from './postgres-js-client.ts';
import { rowsOfRaw } from './postgres-js-rows.ts';
import { dollar, SERVER } from './terms.ts';

/**
 * The connections of postgres.js, for what belongs to no transaction. The store never ends them.
 *
 * Never by `query.cancel()` of the driver. That loses the connection that a query is about to get (it is
 * opened for it, or idle, and is then in no queue of the pool for ever), takes the answers of a
 * pipeline for those to other queries, may cancel whatever the connection runs by then, and rejects a
 * promise that nobody can handle where the server cannot be reached.
 */
export function postgresJsPool(sql: PostgresJs): SqlChannel {
  return {
    placeholder: dollar,
    send: ({ text, parameters, deadline, signal }) => {
      let query: PostgresJsRawQuery | undefined;
      return exchange<readonly SqlRow[]>(
        { deadline, signal },
        {
          server: SERVER,
          rejects: 'at once',
          cancel: () => {
            if (query !== undefined) empty(query);
          },
          work: async ({ connected }) => {
            connected();
            query = queryOf(sql, endingBy(text, deadline), parameters);
            return rowsOfRaw(await query, text);
          },
        },
      );
    },
  };
}

/** Transactions of postgres.js; `Tx` is its own type: `postgresJsTransactions<TransactionSql>()`. */
export function postgresJsTransactions<Tx extends PostgresJsTransaction>(): TransactionAdapter<Tx> {
  return {
    channel: (tx) => {
      if (typeof tx !== 'function' || !('savepoint' in tx)) {
        const what = 'what sql.begin(async (tx) => …) of postgres.js hands out';
        refuse('IDEM_INVALID_OPTIONS', tx, what, 'transaction');
      }
      return {
        placeholder: dollar,
        send: ({ text, parameters, ...limits }) =>
          uncancellable(limits, {
            server: SERVER,
            send: async () => rowsOfRaw(await queryOf(tx, text, parameters), text),
          }),
      };
    },
  };
}

/**
 * A script has no parameters, and takes the simple protocol.
 *
 * Never by a prepared statement: where one is not there any more (DISCARD ALL, a pooler, a change of
 * the schema), postgres.js sends the query again by itself, with bytes that are encoded a second time,
 * so of another key, and hands answers to the wrong questions as it does.
 */
function queryOf(
  sql: PostgresJsTransaction,
  text: string,
  parameters: readonly SqlParameter[],
): PostgresJsRawQuery {
  if (parameters.length === 0) return sql.unsafe(text).simple().raw();
  const sent = [text, [...parameters], { prepare: false }];
  const query: PostgresJsQuery = Reflect.apply(sql.unsafe, sql, sent);
  return query.raw();
}

/**
 * Makes nothing of a query that was not sent yet. It keeps its place, in which the driver takes no gap.
 * A version of the driver that holds queries otherwise sends it as it is, which is as legal.
 */
function empty(query: PostgresJsRawQuery): void {
  const isWaiting = Reflect.get(query, 'state') === null;
  if (!isWaiting || !('strings' in query) || !('args' in query)) return;
  query.strings = ['SELECT 1'];
  query.args = [];
}
