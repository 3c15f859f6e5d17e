import {
  hasMethods,
  type SqlParameter,
  type TransactionAdapter,
  transactionsOf,
} from '@idem/core/sql';
import { SERVER } from './terms.ts';

/** A transaction of Knex, as far as it is needed. */
export interface KnexTransaction {
  raw(text: string, bindings: SqlParameter[]): PromiseLike<unknown>;
}

/** Transactions of Knex; `Tx` is its own type: `knexTransactions<Knex.Transaction>()`. */
export function knexTransactions<
  Tx extends KnexTransaction = KnexTransaction,
>(): TransactionAdapter<Tx> {
  return transactionsOf<Tx>({
    server: SERVER,
    what: 'a transaction of Knex',
    placeholder: () => '?',
    // It is a function: tx('table') is a query.
    isTransaction: (tx) => hasMethods(tx, ['raw', 'commit', 'rollback']),
    query: (tx, text, parameters) => tx.raw(text, parameters),
  });
}
