import { checkMethods } from '@idem/core/adapter';
import { type TransactionAdapter, uncancellable } from '@idem/core/sql';
import type { PgClient } from './pg-client.ts';
import { types } from './pg-types.ts';
import { dollar, SERVER } from './terms.ts';

/** A client of `pg` on which a transaction was begun, as far as it is needed. */
export type PgTransaction = Pick<PgClient, 'query'>;

/** Transactions on a client of `pg`, from a pool or not; `Tx` is its own type: `pgTransactions<PoolClient>()`. */
export function pgTransactions<Tx extends PgTransaction>(): TransactionAdapter<Tx> {
  return {
    channel: (client) => {
      checkMethods(client, ['query'], 'a client of pg, from pool.connect()', 'transaction');
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
