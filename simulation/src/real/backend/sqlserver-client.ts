import { createDialect, SqlServerStore } from '@idem/sqlserver';
import { configOf } from '@idem-workspace/test-servers/sqlserver';
import { CompiledQuery, Kysely, type Transaction } from 'kysely';
import type { Order } from '../plan.ts';
import type { Client, ClientOptions, Setting } from './backend.ts';
import { beginAgain } from './begin.ts';
import { Executors } from './executors.ts';

const ACCOUNTS = 4;

type Tx = Transaction<unknown>;

/** `run` and `runInTransaction` over SQL Server, with the user's own Kysely. */
export async function sqlserverClient(
  { address, table }: Extract<ClientOptions, { kind: 'sqlserver' }>,
  { core, loseNextReply }: Setting,
): Promise<Client> {
  const config = configOf(address);
  const db = new Kysely<unknown>({
    dialect: createDialect(
      { ...config, options: { ...config.options, requestTimeout: 5_000, connectTimeout: 2_000 } },
      { max: 30 },
    ),
  });
  const store = new SqlServerStore({ db, table, timeout: 3_000 });
  const executors = new Executors(core, store);
  return {
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
