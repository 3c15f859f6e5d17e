import { createToken } from '@idem/core';
import { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { configOf } from '@idem-workspace/test-servers/sqlserver';
import { CompiledQuery, Kysely, type Transaction } from 'kysely';
import type { Order } from '../plan.ts';
import type { Client, ClientOptions, Setting } from './backend.ts';
import { beginAgain } from './begin.ts';
import { Executors } from './executors.ts';

const ACCOUNTS = 4;
/** Few, since each costs a new one when it is cut. */
const CONNECTIONS = 6;

type Tx = Transaction<unknown>;

/** `run` and `runInTransaction` over SQL Server, with the user's own Kysely. */
export async function sqlserverClient(
  { address, table }: Extract<ClientOptions, { kind: 'sqlserver' }>,
  { core, loseNextReply }: Setting,
): Promise<Client> {
  const config = configOf(address);
  const db = new Kysely<unknown>({
    dialect: createDialect(
      { ...config, options: { ...config.options, requestTimeout: 15_000, connectTimeout: 5_000 } },
      { max: CONNECTIONS },
    ),
  });
  const store = new SqlServerStore({ db, table, timeout: 3_000 });
  const slow = new SqlServerStore({ db, table, timeout: 60_000 });
  const executors = new Executors(core, store);
  const claimOnce = async (n: number): Promise<void> => {
    const key = `warm-${process.pid}-${n}`;
    const token = createToken();
    await slow.claim(key, { token, lease: 60_000 });
    await slow.renew(key, token, 60_000);
    await slow.complete(key, token, new Uint8Array(), 60_000);
  };
  return {
    warmUp: async () => {
      await Promise.all(Array.from({ length: CONNECTIONS }, (_, n) => claimOnce(n)));
    },
    remove: (key) => store.remove(key),
    run: (order, fn, options) => {
      const executor = executors.of(order.terms);
      const { key } = order.plan;
      if (!order.terms.transactional) {
        return executor.run(key, (context) => fn(context, async () => {}), options);
      }
      const begin = beginAgain(db, order, loseNextReply);
      return executor.runInTransaction(
        key,
        begin,
        ({ tx, ...context }) => fn(context, (id) => book(tx, table, order, id)),
        options,
      );
    },
    close: () => db.destroy(),
  };
}

/** Moves something between two accounts, in either order, so that transactions deadlock; and tells the ledger. */
async function book(tx: Tx, table: string, { terms, plan }: Order, id: string): Promise<void> {
  const send = (text: string, ...parameters: readonly unknown[]): Promise<unknown> =>
    tx.executeQuery(CompiledQuery.raw(text, [...parameters]));
  const from = plan.at % ACCOUNTS;
  const accounts = [from, (from + 1) % ACCOUNTS].toSorted((a, b) => a - b);
  for (const account of plan.script.deadlocks > 0 ? accounts.toReversed() : accounts) {
    await send(`UPDATE dbo.${table}_accounts SET Balance = Balance + 1 WHERE Id = @1`, account);
  }
  await send(`INSERT INTO dbo.${table}_ledger VALUES (@1, @2)`, terms.story, id);
}
