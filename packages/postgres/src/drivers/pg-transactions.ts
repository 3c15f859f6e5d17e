import { checkMethods, refuse } from '@idem/core/adapter';
import { type TransactionAdapter, uncancellable } from '@idem/core/sql';
import { isPgClient, type PgClient, transactionStatus } from './pg-client.ts';
import { types } from './pg-types.ts';
import { dollar, SERVER } from './terms.ts';

const WHAT = 'a client of pg, from pool.connect(), on which BEGIN was sent';

/** A client of `pg` on which a transaction was begun, as far as it is needed. */
export type PgTransaction = Pick<PgClient, 'query'>;

/** Transactions on a client of `pg`, from a pool or not; `Tx` is its own type: `pgTransactions<PoolClient>()`. */
export function pgTransactions<Tx extends PgTransaction>(): TransactionAdapter<Tx> {
  return {
    channel: (client) => {
      checkMethods(client, ['query'], WHAT, 'transaction');
      // A pool takes another client for each query, and a client without a transaction commits each.
      const status = isPgClient(client) ? transactionStatus(client) : undefined;
      if ('totalCount' in client || status === 'I') {
        refuse('IDEM_INVALID_OPTIONS', undefined, WHAT, 'transaction');
      }
      return {
        placeholder: dollar,
        // Without a name: behind a pooler that follows none it would fail, and the transaction with it.
        send: ({ text, parameters, ...limits }) =>
          uncancellable(limits, {
            server: SERVER,
            send: async () => (await client.query({ text, values: [...parameters], types })).rows,
          }),
      };
    },
  };
}
