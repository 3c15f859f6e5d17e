/** For applications on Drizzle. */
export { type DrizzleTransaction, drizzleTransactions } from './drivers/drizzle.ts';
