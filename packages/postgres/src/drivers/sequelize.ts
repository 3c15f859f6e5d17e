import { hasMethods, type TransactionAdapter, transactionsOf } from '@idem/core/sql';
import { dollar, SERVER } from './terms.ts';

/** A transaction of Sequelize, as far as it is needed. */
export interface SequelizeTransaction {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Transactions of Sequelize; `Tx` is its own type: `sequelizeTransactions<Transaction>()`. */
export function sequelizeTransactions<
  Tx extends SequelizeTransaction = SequelizeTransaction,
>(): TransactionAdapter<Tx> {
  return transactionsOf<Tx>({
    server: SERVER,
    what: 'a transaction of Sequelize, as sequelize.transaction(async (tx) => …) hands it out',
    placeholder: dollar,
    isTransaction: (tx) => hasMethods(tx, ['commit', 'rollback']) && queryOf(tx) !== undefined,
    query: (tx, text, bind) => {
      const found = queryOf(tx);
      const options = { bind, transaction: tx, type: 'SELECT', raw: true, logging: false };
      return found === undefined
        ? Promise.resolve([])
        : Reflect.apply(found.query, found.sequelize, [text, options]);
    },
  });
}

/** A transaction knows whose it is. */
function queryOf(
  tx: unknown,
):
  | { readonly sequelize: object; readonly query: (...args: unknown[]) => Promise<unknown> }
  | undefined {
  if (typeof tx !== 'object' || tx === null) return undefined;
  const sequelize: unknown = Reflect.get(tx, 'sequelize');
  if (typeof sequelize !== 'object' || sequelize === null) return undefined;
  const query: unknown = Reflect.get(sequelize, 'query');
  return isQuery(query) ? { sequelize, query } : undefined;
}

function isQuery(query: unknown): query is (...args: unknown[]) => Promise<unknown> {
  return typeof query === 'function';
}
