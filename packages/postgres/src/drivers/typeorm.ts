import { hasMethods, type TransactionAdapter, transactionsOf } from '@idem/core/sql';
import { dollar, SERVER } from './terms.ts';

/** What TypeORM hands to the work of a transaction, as far as it is needed: an `EntityManager` or a `QueryRunner`. */
export interface TypeormTransaction {
  query(text: string, parameters?: unknown[]): Promise<unknown>;
}

/** Transactions of TypeORM; `Tx` is its own type: `typeormTransactions<EntityManager>()`. */
export function typeormTransactions<
  Tx extends TypeormTransaction = TypeormTransaction,
>(): TransactionAdapter<Tx> {
  return transactionsOf<Tx>({
    server: SERVER,
    what: 'an EntityManager or a QueryRunner of TypeORM whose transaction is open',
    placeholder: dollar,
    isTransaction: (tx) => hasMethods(tx, ['query']) && isActive(tx),
    query: (tx, text, parameters) => tx.query(text, parameters),
  });
}

/** A manager of no transaction takes a connection of its own for each query. */
function isActive(tx: unknown): boolean {
  if (typeof tx !== 'object' || tx === null) return false;
  const runner: unknown = 'isTransactionActive' in tx ? tx : Reflect.get(tx, 'queryRunner');
  return (
    typeof runner === 'object' &&
    runner !== null &&
    Reflect.get(runner, 'isTransactionActive') === true
  );
}
