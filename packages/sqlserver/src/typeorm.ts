/** For applications on TypeORM. */
import { checkMethods } from '@idem/core/adapter';
import { type SqlRow, type TransactionAdapter, uncancellable } from '@idem/core/sql';
import { SERVER } from './client/terms.ts';

/** What TypeORM hands to the work of a transaction, as far as it is needed: an `EntityManager` or a `QueryRunner`. */
export interface TypeormTransaction {
  query(text: string, parameters?: unknown[]): Promise<unknown>;
}

/**
 * Transactions of TypeORM; `Tx` is its own type: `typeormTransactions<EntityManager>()`. TypeORM
 * cancels no request, so one that is given up rejects when the server has answered it, or the
 * `requestTimeout` has ended it.
 */
export function typeormTransactions<
  Tx extends TypeormTransaction = TypeormTransaction,
>(): TransactionAdapter<Tx> {
  return {
    channel: (tx) => {
      checkMethods(tx, ['query'], 'an EntityManager or QueryRunner of TypeORM', 'transaction');
      return {
        // TypeORM counts from 0.
        placeholder: (n) => `@${n - 1}`,
        send: (request) =>
          uncancellable(request, {
            server: SERVER,
            send: async () => rowsOf(await tx.query(request.text, [...request.parameters])),
          }),
      };
    },
  };
}

function rowsOf(answer: unknown): readonly SqlRow[] {
  return Array.isArray(answer) ? answer : [];
}
