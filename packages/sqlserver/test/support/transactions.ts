import { setTimeout } from 'node:timers/promises';
import type { ApplicationTransactions, OpenTransaction } from '@idem/contract-tests';
import { FaultProxy } from '@idem/contract-tests/faults';
import type { SqlServerStore } from '@idem/sqlserver';
import { createDialect } from '@idem/sqlserver/kysely';
import { CompiledQuery, type ControlledTransaction, type IsolationLevel, Kysely } from 'kysely';
import { configOf } from './config.ts';
import type { Address } from './server.ts';
import type { TestTable } from './table-on.ts';

const LEVELS = [
  'read uncommitted',
  'read committed',
  'repeatable read',
  'serializable',
  'snapshot',
] as const satisfies readonly IsolationLevel[];

/** Babelfish refuses the first two, and lets no statement of a snapshot transaction run at another level. */
const NOT_ON_BABELFISH: ReadonlySet<string> = new Set([
  'repeatable read',
  'serializable',
  'snapshot',
]);

/** As many as a rule has open at once and one more, kept when idle. */
const POOL = { min: 6, max: 6 };
/** Milliseconds for the connections to be given back at the end. */
const GIVEN_BACK = 2_000;

/** An application's connections, which can be cut. */
export class Application implements AsyncDisposable {
  readonly proxy: FaultProxy;
  readonly db: Kysely<unknown>;
  /** Whether a connection stays away from the pool, in a transaction whose commit was never heard of. */
  hasLost = false;

  private constructor(proxy: FaultProxy, server: Address) {
    const address = { ...server, host: proxy.host, port: proxy.port };
    this.proxy = proxy;
    this.db = new Kysely<unknown>({ dialect: createDialect(configOf(address), POOL) });
  }

  static async open(server: Address): Promise<Application> {
    return new Application(
      await FaultProxy.listen({ host: server.host, port: server.port }),
      server,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy[Symbol.asyncDispose]();
    // The pool waits for what it has lost.
    await Promise.race([this.db.destroy(), setTimeout(GIVEN_BACK, undefined, { ref: false })]);
  }
}

/**
 * Transactions of an application on Kysely, and its table of effects.
 *
 * @param kept connections that outlive them; by default they have their own
 */
export async function applicationTransactions(
  server: Address,
  { table, query }: TestTable,
  open: () => SqlServerStore,
  kept?: Application,
): Promise<ApplicationTransactions & AsyncDisposable> {
  const application = kept ?? (await Application.open(server));
  const { db } = application;
  const effects = `dbo.${table}_effects`;
  await query(`CREATE TABLE ${effects} (Name NVARCHAR(400) NOT NULL)`);
  const [row] = await query<{ version: unknown }>("SELECT SERVERPROPERTY('Babelfish') AS version");
  const taken = LEVELS.filter((level) => row?.version === null || !NOT_ON_BABELFISH.has(level));
  return {
    levels: taken,
    open: async () => {
      const store = open();
      return {
        store,
        begin: async (level) => {
          const named = taken.find((each) => each === level);
          return openTransaction(await begun(db, named), store, effects, application);
        },
      };
    },
    hasEffect: async (name) => {
      const found = await query(`SELECT Name FROM ${effects} WHERE Name = @1`, [name]);
      return found.length > 0;
    },
    [Symbol.asyncDispose]: async () => {
      if (kept === undefined) await application[Symbol.asyncDispose]();
      await query(`DROP TABLE ${effects}`);
    },
  };
}

/** Kysely names such a transaction by chance, and Babelfish takes not every name. */
async function begun(
  db: Kysely<unknown>,
  level: IsolationLevel | undefined,
): Promise<ControlledTransaction<unknown>> {
  const builder = db.startTransaction();
  try {
    return await (level === undefined ? builder : builder.setIsolationLevel(level)).execute();
  } catch (error) {
    if (!/savepoint name is not valid/.test(String(error))) throw error;
    return begun(db, level);
  }
}

function openTransaction(
  tx: ControlledTransaction<unknown>,
  store: SqlServerStore,
  effects: string,
  application: Application,
): OpenTransaction {
  const send = (text: string, parameters: unknown[] = []): Promise<unknown> =>
    tx.executeQuery(CompiledQuery.raw(text, parameters));
  return {
    bound: store.inTransaction(tx),
    effect: async (name) => {
      await send(`INSERT INTO ${effects} VALUES (@1)`, [name]);
    },
    commit: async () => {
      await tx.commit().execute();
    },
    rollback: async () => {
      // One that the server has ended is begun again, so that Kysely finds what it rolls back.
      await send('SET XACT_ABORT OFF; IF @@TRANCOUNT = 0 BEGIN TRANSACTION').catch(() => {});
      await tx.rollback().execute();
    },
    savepoint: async () => {
      await send('SAVE TRANSACTION here');
      return {
        rollback: async () => {
          // Babelfish forgets a savepoint with the rollback to it.
          await send('ROLLBACK TRANSACTION here; SAVE TRANSACTION here');
        },
      };
    },
    doom: async () => {
      await send("SET XACT_ABORT ON; SELECT CAST('x' AS INT)").catch(() => {});
    },
    endUnseen: async () => {
      // The server complains that the batch ended with another number of transactions (266).
      await send('ROLLBACK TRANSACTION').catch(() => {});
    },
    commitUnheard: async () => {
      application.proxy.loseNextReply();
      application.hasLost = true;
      await tx
        .commit()
        .execute()
        .catch(() => {});
    },
  };
}
