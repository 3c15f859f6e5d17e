import { refuse } from '@idem/core/adapter';
import { exchange, type SqlChannel, type SqlRow, type TransactionAdapter } from '@idem/core/sql';
import type { DatabaseConnection } from 'kysely';
import { isChecked, reservedConnection } from '../connection/reserve.ts';
import { tediousOf } from '../connection/tedious-of.ts';
import { isElsewhere } from '../faults/fault.ts';
import type { KyselyExecutor } from '../optional-types.ts';
import { compile } from './compile.ts';
import { GONE, outsideTransactions } from './guard.ts';
import { atSign, SERVER } from './terms.ts';

/** A Kysely instance or an open transaction. */
export interface KyselyPlace {
  getExecutor(): KyselyExecutor;
}

/** The connections of a Kysely instance. */
export function kyselyPool(db: KyselyPlace): SqlChannel {
  return channelOf(db, 'at once');
}

/** Transactions of Kysely: what `db.transaction().execute` and `db.startTransaction().execute` hand out. */
export const kyselyTransactions: TransactionAdapter<unknown> = {
  channel: (tx) => {
    if (isTransaction(tx)) return channelOf(tx, 'when ended');
    const what = 'what db.transaction().execute(async (tx) => …) hands out';
    return refuse('IDEM_INVALID_OPTIONS', tx, what, 'transaction');
  },
};

/** True for an open transaction of Kysely. */
export function isTransaction(tx: unknown): tx is KyselyPlace {
  return (
    typeof tx === 'object' &&
    tx !== null &&
    'getExecutor' in tx &&
    'isTransaction' in tx &&
    tx.isTransaction === true
  );
}

/**
 * Kysely's executor is used below `executeQuery`, so that no plugin of the user's instance touches
 * the rows, and so that it is known whether the request has a connection.
 */
function channelOf(db: KyselyPlace, rejects: 'at once' | 'when ended'): SqlChannel {
  return {
    placeholder: atSign,
    send: ({ text, parameters, urgent, ...limits }) => {
      const executor = db.getExecutor();
      const foreign = rejects === 'at once' && !isChecked(executor.adapter);
      const statement = compile(foreign ? outsideTransactions(text) : text, parameters);
      let connection: DatabaseConnection | undefined;
      return exchange<readonly SqlRow[]>(limits, {
        server: SERVER,
        rejects,
        cancel: () => {
          connection?.cancelQuery?.(noOtherConnection).catch(() => {});
        },
        work: async ({ given, connected }) => {
          const run = async (free: DatabaseConnection): Promise<readonly SqlRow[]> => {
            if (given()) return [];
            connection = free;
            connected();
            try {
              return (await free.executeQuery<SqlRow>(statement)).rows;
            } catch (error) {
              if (rejects === 'at once' && isElsewhere(error)) tediousOf(free)?.close();
              throw error;
            }
          };
          const reserved = urgent ? reservedConnection(executor.adapter) : undefined;
          try {
            return await (reserved?.(run) ?? executor.provideConnection(run));
          } catch (error) {
            // A transaction has its connection; Kysely refuses it when it has ended.
            if (rejects === 'when ended' && connection === undefined) return GONE;
            throw error;
          }
        },
      });
    },
  };
}

// tedious cancels on the connection itself.
async function noOtherConnection(): Promise<void> {}
