/** For applications on Prisma. */
export { type PrismaTransaction, prismaTransactions } from './drivers/prisma.ts';
