/** For applications on TypeORM. */
import { hasMethods, type TransactionAdapter, transactionsOf } from '@idem/core/sql';
import { SERVER } from './client/terms.ts';

/** What TypeORM hands to the work of a transaction, as far as it is needed: an `EntityManager` or a `QueryRunner`. */
export interface TypeormTransaction {
  query(text: string, parameters?: unknown[]): Promise<unknown>;
}

/**
 * Transactions of TypeORM; `Tx` is its own type: `typeormTransactions<EntityManager>()`. TypeORM
 * cancels no request, so one that is given up rejects when the server has answered it, or the
 * `requestTimeout` has ended it.
 */
export function typeormTransactions<
  Tx extends TypeormTransaction = TypeormTransaction,
>(): TransactionAdapter<Tx> {
  return transactionsOf<Tx>({
    server: SERVER,
    what: 'an EntityManager or QueryRunner of TypeORM',
    // TypeORM counts from 0.
    placeholder: (n) => `@${n - 1}`,
    isTransaction: (tx) => hasMethods(tx, ['query']),
    query: (tx, text, parameters) => tx.query(text, parameters),
  });
}
