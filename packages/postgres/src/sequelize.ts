/** For applications on Sequelize. */
export { type SequelizeTransaction, sequelizeTransactions } from './drivers/sequelize.ts';
