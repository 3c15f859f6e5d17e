/** For applications on Prisma, with its driver adapter for SQL Server. */
import { hasMethods, type TransactionAdapter, transactionsOf } from '@idem/core/sql';
import { SERVER } from './client/terms.ts';

/** What `prisma.$transaction(async (tx) => …)` hands out, as far as it is needed. */
export interface PrismaTransaction {
  $queryRawUnsafe(text: string, ...values: never[]): PromiseLike<unknown>;
}

/**
 * Interactive transactions of Prisma; `Tx` is its own type:
 * `prismaTransactions<Prisma.TransactionClient>()`. Prisma cancels no request, so one that is given up
 * rejects when the server has answered it, or its `timeout` has ended the transaction.
 */
export function prismaTransactions<
  Tx extends PrismaTransaction = PrismaTransaction,
>(): TransactionAdapter<Tx> {
  return transactionsOf<Tx>({
    server: SERVER,
    what: 'what prisma.$transaction(async (tx) => …) hands out',
    placeholder: (n) => `@P${n}`,
    // The client itself begins transactions; what it hands out does not.
    isTransaction: (tx) => hasMethods(tx, ['$queryRawUnsafe']) && !hasMethods(tx, ['$connect']),
    query: (tx, text, parameters) => Reflect.apply(tx.$queryRawUnsafe, tx, [text, ...parameters]),
  });
}
