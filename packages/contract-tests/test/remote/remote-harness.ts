import { absent, type Harness } from '@idem/contract-tests';
import { FaultProxy, faultyConnection } from '@idem/contract-tests/faults';
import type { IdempotencyStore } from '@idem/core';
import { runningClock } from '../broken/kit/broken-store.ts';
import { type Backend, ReferenceStore } from '../broken/kit/reference-store.ts';
import { type RemoteOptions, RemoteStore } from './remote-store.ts';
import { StoreServer } from './server.ts';

/** Of the clients behind the proxy, whose backend is made to hang. */
const DEADLINE = 500;

export interface RemoteHarnessOptions {
  readonly Client?: new (options: RemoteOptions) => IdempotencyStore;
  /** The module that other processes open their client with. */
  readonly module?: string;
  /** True for rules that ask the server's clock, which is this process's. */
  readonly clock?: boolean;
}

/** A server on a port of its own, a proxy before it, and clients that reach it over TCP. */
export function remoteHarness(name: string, options: RemoteHarnessOptions = {}): Harness {
  const { Client = RemoteStore, module = '../programs/client-module.ts' } = options;
  const now = (): number => performance.timeOrigin + performance.now();
  const backend: Backend = { rows: new Map(), now };
  const server = new StoreServer(() => new ReferenceStore(backend));
  const env = { STORE_SERVER_PORT: '' };
  const starting = (async () => {
    await server.listen();
    env.STORE_SERVER_PORT = String(server.port);
    return FaultProxy.listen({ port: server.port });
  })();
  const faulty = starting.then((proxy) =>
    faultyConnection(proxy, {
      open: async ({ port }) => new Client({ port, deadline: DEADLINE }),
      deadline: DEADLINE,
    }),
  );
  return {
    name,
    open: async () => {
      await starting;
      return new Client({ port: server.port, durable: true });
    },
    close: async () => {
      await (await starting).close();
      await server.close();
    },
    clock:
      options.clock === true
        ? runningClock().clock
        : absent('the clock of the server is not asked'),
    crash: async () => {
      await server.crash();
      return 'killed';
    },
    faults: {
      open: async () => (await faulty).open(),
      loseNextReply: () => {
        faulty.then((connection) => connection.loseNextReply());
      },
      cut: async () => (await faulty).cut(),
      restore: async () => (await faulty).restore(),
      hang: {
        deadline: DEADLINE,
        stall: () => {
          starting.then((proxy) => proxy.stall());
        },
        resume: () => {
          starting.then((proxy) => proxy.resume());
        },
      },
    },
    plant: absent('see the corruption tests'),
    processes: { module: new URL(module, import.meta.url).href, env },
    transactions: absent('the server knows no transactions'),
  };
}
