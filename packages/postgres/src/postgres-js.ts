/** For applications on postgres.js. */
export { postgresJsPool, postgresJsTransactions } from './drivers/postgres-js.ts';
export type { PostgresJs, PostgresJsTransaction } from './drivers/postgres-js-client.ts';
