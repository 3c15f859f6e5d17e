/** For applications on Knex. */
export { type KnexTransaction, knexTransactions } from './drivers/knex.ts';
