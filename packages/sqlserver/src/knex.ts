/** For applications on Knex. */
import {
  hasMethods,
  type SqlParameter,
  type TransactionAdapter,
  transactionsOf,
} from '@idem/core/sql';
import { GONE } from './client/guard.ts';
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
    what: 'a transaction of Knex, as knex.transaction(async (tx) => …) hands it out',
    placeholder: () => '?',
    // The instance of Knex has `raw` too, which takes a connection of its own for each query.
    isTransaction: (tx) => hasMethods(tx, ['raw', 'commit', 'rollback', 'isCompleted']),
    query: async (tx, text, parameters) => (hasEnded(tx) ? GONE : tx.raw(text, parameters)),
  });
}

function hasEnded(tx: KnexTransaction): boolean {
  const isCompleted: unknown = Reflect.get(tx, 'isCompleted');
  return typeof isCompleted === 'function' && Reflect.apply(isCompleted, tx, []) === true;
}
