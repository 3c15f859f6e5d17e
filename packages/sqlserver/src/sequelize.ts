/** For applications on Sequelize. */
import {
  hasMethods,
  type SqlParameter,
  type TransactionAdapter,
  transactionsOf,
} from '@idem/core/sql';
import { GONE } from './client/guard.ts';
import { SERVER } from './client/terms.ts';

/** A transaction of Sequelize, as far as it is needed. */
export interface SequelizeTransaction {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/**
 * Transactions of Sequelize; `Tx` is its own type: `sequelizeTransactions<Transaction>()`. Sequelize
 * cancels no request, so one that is given up rejects when the server has answered it, or the
 * `requestTimeout` has ended it.
 */
export function sequelizeTransactions<
  Tx extends SequelizeTransaction = SequelizeTransaction,
>(): TransactionAdapter<Tx> {
  return transactionsOf<Tx>({
    server: SERVER,
    what: 'a transaction of Sequelize, as sequelize.transaction(async (tx) => …) hands it out',
    placeholder: (n) => `$${n}`,
    isTransaction: (tx) => hasMethods(tx, ['commit', 'rollback']) && querierOf(tx) !== undefined,
    query: async (tx, text, bind) => (hasEnded(tx) ? GONE : querierOf(tx)?.(text, bind, tx)),
  });
}

function hasEnded(tx: object): boolean {
  return typeof Reflect.get(tx, 'finished') === 'string';
}

/**
 * Sequelize looks for its parameters in names too, where a dollar follows neither a letter, a digit nor
 * an underscore; there two of them stand for one (its `formatBindParameters`).
 */
function withNamesKept(text: string): string {
  return text.replace(/\[[^\]]*\]/g, (name) => name.replace(/\B\$(?=[$\w])/g, '$$$$'));
}

type Querier = (text: string, bind: SqlParameter[], transaction: unknown) => unknown;

/** A transaction knows whose it is. */
function querierOf(tx: unknown): Querier | undefined {
  if (typeof tx !== 'object' || tx === null) return undefined;
  const sequelize: unknown = Reflect.get(tx, 'sequelize');
  if (typeof sequelize !== 'object' || sequelize === null) return undefined;
  const query: unknown = Reflect.get(sequelize, 'query');
  if (typeof query !== 'function') return undefined;
  return (text, bind, transaction) =>
    Reflect.apply(query, sequelize, [
      withNamesKept(text),
      { bind, transaction, type: 'SELECT', raw: true, logging: false },
    ]);
}
