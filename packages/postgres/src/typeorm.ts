/** For applications on TypeORM. */
export { type TypeormTransaction, typeormTransactions } from './drivers/typeorm.ts';
