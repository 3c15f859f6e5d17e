import { setTimeout as sleep } from 'node:timers/promises';
import { absent, type Harness } from '@idem/contract-tests';
import { FaultProxy, faultyConnection } from '@idem/contract-tests/faults';
import type { IdempotencyStore } from '@idem/core';
import { PostgresStore } from '@idem/postgres';
import type { TestServer } from './find-server.ts';
import { planterFor } from './planter.ts';
import { makeTable } from './table-on.ts';
import { applicationTransactions } from './transactions.ts';
import { urlWith } from './url.ts';

/** Short enough for a rule on a silent server, and long enough for two busy cores. */
const FAULTY_TIMEOUT = 5_000;

/** So that no answer depends on how busy the machine is. */
const PATIENT_TIMEOUT = 60_000;

/** The connections on which the store under test is opened. */
export interface Connections {
  open(options: { readonly table: string; readonly timeout: number }): IdempotencyStore;
  close(): Promise<unknown>;
}

/** Opens connections of one library, as an application has them. */
export interface Connector {
  readonly name: string;
  connect(url: string): Promise<Connections> | Connections;
}

/** The contract's harness on a server of its own, which is stopped with it. */
export async function contractHarness(server: TestServer, connector?: Connector): Promise<Harness> {
  const made = makeTable(server.url);
  const connections = await connector?.connect(server.url);
  const { table, query, pool } = made;
  await (await made.open()).ensureSchema();
  const { hostname, port } = new URL(server.url);
  const proxy = await FaultProxy.listen({ host: hostname, port: Number(port) });
  const clock = async (): Promise<number> => {
    const [row] = await query<{ now: string }>(
      'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now',
    );
    return Number(row?.now);
  };
  const own = (): PostgresStore =>
    new PostgresStore({ pool, table, timeout: PATIENT_TIMEOUT, wakeUp: true });
  const transactions = await applicationTransactions(server.url, made, own);
  return {
    name: connector === undefined ? '@idem/postgres' : `@idem/postgres, ${connector.name}`,
    // On one pool of a user's, as an application has it; the other processes use pools of their own.
    open: async () => connections?.open({ table, timeout: PATIENT_TIMEOUT }) ?? own(),
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
        PostgresStore.connect(
          urlWith(server.url, { ...address, table, timeout: FAULTY_TIMEOUT, poolSize: 2 }),
        ),
      deadline: FAULTY_TIMEOUT,
    }),
    plant: planterFor(query, table),
    processes: {
      module: new URL('../programs/client.ts', import.meta.url).href,
      env: {
        IDEM_CLIENT_URL: urlWith(server.url, { table, timeout: PATIENT_TIMEOUT, poolSize: 4 }),
      },
    },
    transactions,
    close: async () => {
      await transactions[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
      await connections?.close();
      await made.drop();
      await server.close();
    },
  };
}

/** Every process of the server is killed, and it recovers from its log. */
function crash({ restart }: TestServer): Harness['crash'] {
  if (typeof restart !== 'function') return absent(restart.absent);
  return async () => {
    await restart();
    return 'killed';
  };
}
