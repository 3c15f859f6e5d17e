/** For applications on Knex. */
import { refuse } from '@idem/core/adapter';
import {
  type SqlParameter,
  type SqlRow,
  type TransactionAdapter,
  uncancellable,
} from '@idem/core/sql';
import { SERVER } from './client/terms.ts';

/** A transaction of Knex, as far as it is needed. */
export interface KnexTransaction {
  raw(text: string, bindings: SqlParameter[]): PromiseLike<unknown>;
}

/**
 * Transactions of Knex; `Tx` is its own type: `knexTransactions<Knex.Transaction>()`. Knex cancels no
 * request, so one that is given up rejects when the server has answered it, or tedious's
 * `requestTimeout` has ended it.
 */
export function knexTransactions<
  Tx extends KnexTransaction = KnexTransaction,
>(): TransactionAdapter<Tx> {
  return {
    channel: (tx) => {
      // It is a function: tx('table') is a query.
      if (typeof tx?.raw !== 'function') {
        refuse('IDEM_INVALID_OPTIONS', tx, 'a transaction of Knex', 'transaction');
      }
      return {
        placeholder: () => '?',
        send: (request) =>
          uncancellable(request, {
            server: SERVER,
            send: async () => rowsOf(await tx.raw(request.text, [...request.parameters])),
          }),
      };
    },
  };
}

function rowsOf(answer: unknown): readonly SqlRow[] {
  return Array.isArray(answer) ? answer : [];
}
