/** For applications on Knex. */
import {
  hasMethods,
  type SqlParameter,
  type TransactionAdapter,
  transactionsOf,
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
  return transactionsOf<Tx>({
    server: SERVER,
    what: 'a transaction of Knex',
    placeholder: () => '?',
    isTransaction: (tx) => hasMethods(tx, ['raw']),
    query: (tx, text, parameters) => tx.raw(text, parameters),
  });
}
