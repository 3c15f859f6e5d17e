import { refuse } from '@idem/core/adapter';
import {
  exchange,
  type SqlChannel,
  type SqlParameter,
  type SqlRow,
  type TransactionAdapter,
  uncancellable,
} from '@idem/core/sql';
import type {
  PostgresJs,
  PostgresJsQuery,
  PostgresJsRawQuery,
  PostgresJsTransaction,
} from './postgres-js-client.ts';
import { PostgresJsNames } from './postgres-js-names.ts';
import { rowsOfRaw } from './postgres-js-rows.ts';
import { isNotPrepared } from './prepared.ts';
import { dollar, SERVER } from './terms.ts';

/** The connections of postgres.js, for what belongs to no transaction. The store never ends them. */
export function postgresJsPool(sql: PostgresJs): SqlChannel {
  const names = new PostgresJsNames(sql);
  return {
    placeholder: dollar,
    send: ({ text, parameters, deadline, signal }) => {
      let query: PostgresJsRawQuery | undefined;
      return exchange<readonly SqlRow[]>(
        { deadline, signal },
        {
          server: SERVER,
          rejects: 'at once',
          cancel: () => query?.cancel(),
          work: async ({ given, connected }) => {
            connected();
            const send = (prepare: boolean): PostgresJsRawQuery =>
              (query = queryOf(sql, text, parameters, prepare));
            const work = names.work();
            const named = typeof work === 'boolean' ? work : await work;
            if (given()) return [];
            try {
              return rowsOfRaw(await send(named), text);
            } catch (error) {
              if (given() || !named || !isNotPrepared(error)) throw error;
              names.doNotWork();
              return rowsOfRaw(await send(false), text);
            }
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
            send: async () => rowsOfRaw(await queryOf(tx, text, parameters, false), text),
          }),
      };
    },
  };
}

/** A script has no parameters, and takes the simple protocol. */
function queryOf(
  sql: PostgresJsTransaction,
  text: string,
  parameters: readonly SqlParameter[],
  prepare: boolean,
): PostgresJsRawQuery {
  if (parameters.length === 0) return sql.unsafe(text).simple().raw();
  const query: PostgresJsQuery = Reflect.apply(sql.unsafe, sql, [
    ...[text, [...parameters], { prepare }],
  ]);
  return query.raw();
}
