/** For applications on pg. */

export { inPgTransaction, type PgTransactionPool } from './drivers/pg-begin.ts';
export type { PgClient, PgPool, PgPoolClient, PgQuery } from './drivers/pg-client.ts';
export { pgPool } from './drivers/pg-pool.ts';
export { type PgTransaction, pgTransactions } from './drivers/pg-transactions.ts';
