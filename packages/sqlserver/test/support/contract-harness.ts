import { setTimeout as sleep } from 'node:timers/promises';
import { absent, type Harness } from '@idem/contract-tests';
import { FaultProxy, faultyConnection } from '@idem/contract-tests/faults';
import { SqlServerStore, schemaSql } from '@idem/sqlserver';
import { planterFor } from './planter.ts';
import { type Address, type TestServer, urlOf } from './server.ts';
import { type MadeTable, makeTable } from './table-on.ts';
import { type Application, applicationTransactions } from './transactions.ts';

/** Short enough for a rule on a silent server, and long enough for two busy cores. */
const FAULTY_TIMEOUT = 5_000;

/** So that no answer depends on how busy the machine is. */
const PATIENT_TIMEOUT = 60_000;

/** The connections on which the store under test is opened. */
export interface Connections {
  open(table: string, timeout: number): SqlServerStore<unknown>;
  /** On connections of its own to another address, which are closed with it. */
  openAt(address: Address, table: string, timeout: number): Promise<SqlServerStore<unknown>>;
  /**
   * Milliseconds that an operation may take on a server that fails: what it takes until a silent
   * server is given up, and no answer may depend on it.
   */
  readonly faultyTimeout: number;
  close(): Promise<unknown>;
}

/** What is there already, and outlives the harness. */
export interface Kept {
  /** With the schema under test. */
  readonly made: MadeTable;
  readonly application: Application;
}

/**
 * The contract's harness on a server of its own, which is stopped with it.
 *
 * @param connect the connections of the store under test; by default a Kysely instance
 */
export async function contractHarness(
  server: TestServer,
  connect?: (address: Address) => Promise<Connections>,
  kept?: Kept,
): Promise<Harness> {
  const made = kept?.made ?? makeTable(server);
  const connections = await connect?.(server);
  const faultyTimeout = connections?.faultyTimeout ?? FAULTY_TIMEOUT;
  const { table, query } = made;
  const url = urlOf(server, table, { timeout: PATIENT_TIMEOUT, poolSize: 4 });
  const proxy = await FaultProxy.listen({ host: server.host, port: server.port });
  const clock = async (): Promise<number> => {
    const [row] = await query<{ now: string }>(
      "SELECT DATEDIFF_BIG(MICROSECOND, '1970-01-01', SYSUTCDATETIME()) AS now",
    );
    return Number(row?.now) / 1_000;
  };
  const onKysely = (): SqlServerStore =>
    new SqlServerStore({ db: made.db, table, timeout: PATIENT_TIMEOUT });
  // What `ensureSchema` sends, without its deadline.
  if (kept === undefined) await query(schemaSql({ table }));
  const transactions = await applicationTransactions(server, made, onKysely, kept?.application);
  return {
    name: '@idem/sqlserver',
    // On one instance of a user's, as an application has it; the other processes use pools of their own.
    open: async () => connections?.open(table, PATIENT_TIMEOUT) ?? onKysely(),
    clock: {
      driven: false,
      now: clock,
      reach: async (instant) => {
        for (let left = instant - (await clock()); left > 0; left = instant - (await clock())) {
          await sleep(Math.ceil(left));
        }
      },
    },
    crash: crash(server),
    faults: faultyConnection(proxy, {
      open: (address) =>
        connections?.openAt({ ...server, ...address }, table, faultyTimeout) ??
        SqlServerStore.connect(
          urlOf({ ...server, ...address }, table, { timeout: faultyTimeout, poolSize: 2 }),
        ),
      deadline: faultyTimeout,
    }),
    plant: planterFor(query, table),
    processes: {
      module: new URL('../programs/client.ts', import.meta.url).href,
      env: { IDEM_CLIENT_URL: url },
    },
    transactions,
    close: async () => {
      await transactions[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await connections?.close();
      await made.drop();
      await server.stop();
    },
  };
}

/** The server is ended in PostgreSQL's immediate mode: nothing is flushed, and it recovers from its log. */
function crash({ restart }: TestServer): Harness['crash'] {
  if (!(restart instanceof Function)) return absent(restart.absent);
  return async () => {
    await restart();
    return 'killed';
  };
}
