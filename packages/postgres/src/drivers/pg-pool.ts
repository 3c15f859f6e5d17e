import { IdempotencyError } from '@idem/core';
import { exchange, type SqlChannel, type SqlRow } from '@idem/core/sql';
import { isElsewhere } from '../faults/fault.ts';
import { cancelOn } from './pg-cancel.ts';
import {
  isPgPool,
  type PgClient,
  type PgPool,
  type PgPoolClient,
  transactionStatus,
} from './pg-client.ts';
import { types } from './pg-types.ts';
import { Prepared } from './prepared.ts';
import { dollar, SERVER } from './terms.ts';

/** Its connection is to be closed: something of it is left that nobody must get. */
const CLOSE = true;

/**
 * The connections of a pool of `pg`, or one client of it, for what belongs to no transaction. The store
 * never ends it. Give the store a pool of its own: one whose connections are all in transactions has
 * none left for the renewals of their leases.
 */
export function pgPool(pool: PgPool | PgClient): SqlChannel {
  const prepared = new Prepared();
  const take = isPgPool(pool) ? () => pool.connect() : async () => alone(pool);
  return {
    placeholder: dollar,
    send: ({ text, parameters, deadline, signal }) => {
      let client: PgPoolClient | undefined;
      return exchange<readonly SqlRow[]>(
        { deadline, signal },
        {
          server: SERVER,
          rejects: 'at once',
          // The pool closes it, because its answer is still to come; the server is asked to stop.
          cancel: () => {
            if (client === undefined) return;
            cancelOn(client);
            giveBack(client, CLOSE);
            client = undefined;
          },
          work: async ({ given, connected }) => {
            const taken = await take();
            if (given()) {
              taken.release();
              return [];
            }
            client = taken;
            taken.on('error', ignore);
            connected();
            try {
              const rows = await query(taken, prepared, text, [...parameters]);
              if (client !== undefined) giveBack(taken, isOpen(taken));
              if (isOpen(taken)) throw leftOpen();
              return rows;
            } catch (error) {
              if (client !== undefined) giveBack(taken, isOpen(taken) || isElsewhere(error));
              throw isOpen(taken) ? leftOpen() : error;
            } finally {
              client = undefined;
            }
          },
        },
      );
    },
  };
}

async function query(
  client: PgClient,
  prepared: Prepared,
  text: string,
  values: unknown[],
): Promise<readonly SqlRow[]> {
  // Without parameters it is a script, which no statement can be prepared from.
  const name = values.length === 0 ? undefined : prepared.nameOf(text);
  try {
    const named = name === undefined ? { text, values, types } : { name, text, values, types };
    return (await client.query(named)).rows;
  } catch (error) {
    if (name === undefined || !prepared.failed(error)) throw error;
    return (await client.query({ text, values, types })).rows;
  }
}

/** Somebody gave this connection back with a transaction open: what was sent would be part of it. */
function isOpen(client: PgClient): boolean {
  const status = transactionStatus(client);
  return status === 'T' || status === 'E';
}

function leftOpen(): IdempotencyError {
  return new IdempotencyError(
    'IDEM_STORE_UNAVAILABLE',
    'The connection that the pool gave was in a transaction that somebody left open; it was closed, which rolls back. Look for work that gives a client back without COMMIT or ROLLBACK, or give the store a pool of its own.',
    { retryable: true },
  );
}

function giveBack(client: PgPoolClient, close: boolean): void {
  client.release(close);
  client.removeListener('error', ignore);
}

/** One client for everything, which is nobody's to give back. */
function alone(client: PgClient): PgPoolClient {
  return {
    query: (query) => client.query(query),
    on: (event, listener) => client.on(event, listener),
    removeListener: (event, listener) => client.removeListener(event, listener),
    release: () => {},
  };
}

/**
 * A client that loses its connection says so by an event, and one that nobody listens to ends the
 * process. Whoever waits for its answer is told as well.
 */
function ignore(): void {}
