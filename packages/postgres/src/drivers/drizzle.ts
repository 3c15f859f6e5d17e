import {
  hasMethods,
  type SqlParameter,
  type TransactionAdapter,
  transactionsOf,
} from '@idem/core/sql';
import { type SQL, sql } from 'drizzle-orm';
import { dollar, SERVER } from './terms.ts';

/** What `db.transaction(async (tx) => …)` of Drizzle hands out, as far as it is needed. */
export interface DrizzleTransaction {
  execute(query: SQL): PromiseLike<unknown>;
  rollback(): never;
}

/**
 * Transactions of Drizzle, on node-postgres or postgres.js; `Tx` is its own type, such as
 * `drizzleTransactions<Parameters<Parameters<typeof db.transaction>[0]>[0]>()`.
 */
export function drizzleTransactions<
  Tx extends DrizzleTransaction = DrizzleTransaction,
>(): TransactionAdapter<Tx> {
  return transactionsOf<Tx>({
    server: SERVER,
    what: 'what db.transaction(async (tx) => …) of Drizzle hands out',
    placeholder: dollar,
    isTransaction: (tx) => hasMethods(tx, ['execute', 'rollback']),
    query: (tx, text, parameters) => tx.execute(queryOf(text, parameters)),
  });
}

/** Drizzle numbers the parameters itself. */
function queryOf(text: string, parameters: readonly SqlParameter[]): SQL {
  const parts = text.split(/\$(\d+)/).map((part, i) => {
    if (i % 2 === 0) return sql.raw(part);
    const value = parameters[Number(part) - 1] ?? null;
    return sql`${value}`;
  });
  return sql.join(parts);
}
