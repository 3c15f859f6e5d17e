import type { ApplicationTransactions, OpenTransaction } from '@idem/contract-tests';
import { FaultProxy } from '@idem/contract-tests/faults';
import type { PostgresStore } from '@idem/postgres';
import pg from 'pg';
import type { TestTable } from './table-on.ts';
import { urlWith } from './url.ts';

/** `read uncommitted` is `read committed` here (PostgreSQL, "Transaction Isolation"). */
const LEVELS = ['read committed', 'repeatable read', 'serializable'] as const;

/** Transactions of an application on `pg`, whose connections can be cut, and its table of effects. */
export async function applicationTransactions(
  server: string,
  { table, query }: TestTable,
  open: () => PostgresStore,
): Promise<ApplicationTransactions & AsyncDisposable> {
  const { hostname, port } = new URL(server);
  const proxy = await FaultProxy.listen({ host: hostname, port: Number(port) });
  const connectionString = urlWith(server, { host: proxy.host, port: proxy.port });
  const pool = new pg.Pool({ connectionString, max: 20, allowExitOnIdle: true });
  pool.on('error', () => {});
  // Also of those that are out of the pool when they are cut.
  pool.on('connect', (client) => client.on('error', () => {}));
  const effects = `${table}_effects`;
  await query(`CREATE TABLE ${effects} (name text NOT NULL)`);
  return {
    levels: LEVELS,
    open: async () => {
      const store = open();
      return {
        store,
        begin: async (level) => {
          const client = await pool.connect();
          await client.query(
            `BEGIN ISOLATION LEVEL ${LEVELS.find((each) => each === level) ?? 'read committed'}`,
          );
          return openTransaction(client, store, effects, proxy);
        },
      };
    },
    hasEffect: async (name) => {
      const found = await query(`SELECT FROM ${effects} WHERE name = $1`, [name]);
      return found.length > 0;
    },
    [Symbol.asyncDispose]: async () => {
      await pool.end();
      await proxy[Symbol.asyncDispose]();
      await query(`DROP TABLE ${effects}`);
    },
  };
}

function openTransaction(
  client: pg.PoolClient,
  store: PostgresStore,
  effects: string,
  proxy: FaultProxy,
): OpenTransaction {
  const end = async (how: 'COMMIT' | 'ROLLBACK'): Promise<void> => {
    try {
      await client.query(how);
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  };
  return {
    bound: store.inTransaction(client),
    effect: async (name) => {
      await client.query(`INSERT INTO ${effects} VALUES ($1)`, [name]);
    },
    commit: () => end('COMMIT'),
    rollback: () => end('ROLLBACK'),
    savepoint: async () => {
      await client.query('SAVEPOINT here');
      return {
        rollback: async () => {
          await client.query('ROLLBACK TO SAVEPOINT here');
        },
      };
    },
    doom: async () => {
      await client.query('SELECT 1 / 0').catch(() => {});
    },
    endUnseen: async () => {
      await client.query('ROLLBACK');
    },
    commitUnheard: async () => {
      proxy.loseNextReply();
      await end('COMMIT').catch(() => {});
    },
  };
}
