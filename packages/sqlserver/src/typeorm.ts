/** For applications on TypeORM. */
import { hasMethods, type TransactionAdapter, transactionsOf } from '@idem/core/sql';
import { GONE } from './client/guard.ts';
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
    what: 'the EntityManager that source.transaction(async (manager) => …) hands out, or a QueryRunner',
    // TypeORM counts from 0.
    placeholder: (n) => `@${n - 1}`,
    isTransaction: (tx) => hasMethods(tx, ['query']) && isActive(tx) !== undefined,
    query: async (tx, text, parameters) => (isActive(tx) ? tx.query(text, parameters) : GONE),
  });
}

/**
 * Whether its transaction is open; undefined for a DataSource and its own manager, which take a connection
 * of their own for each query.
 */
function isActive(tx: unknown): boolean | undefined {
  if (typeof tx !== 'object' || tx === null) return undefined;
  const runner: unknown = 'isTransactionActive' in tx ? tx : Reflect.get(tx, 'queryRunner');
  if (typeof runner !== 'object' || runner === null) return undefined;
  const active: unknown = Reflect.get(runner, 'isTransactionActive');
  return typeof active === 'boolean' ? active : undefined;
}
