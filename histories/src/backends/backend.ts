import type { FaultProxy } from '@idem/contract-tests/faults';
import { type IdempotencyStore, isIdempotencyError } from '@idem/core';
import type { Chance } from '../chance.ts';

/** What may befall a server. */
export interface ServerFault {
  /** True when what was on its way to it is held up, and arrives when it is over. */
  readonly holds: boolean;
  /** Resolves when the server answers again. */
  befall(chance: Chance): Promise<void>;
}

/** How much a server bears, in milliseconds but for the lanes. */
export interface Pace {
  /** Of each process. */
  readonly lanes: number;
  /** From one fault to the next, mostly; at most a quarter more. */
  readonly faultsEvery: number;
  /** Within which a server answers that is not held up. */
  readonly prompt: number;
  /** Within which what is on its way arrives, on a machine that is busy. */
  readonly grace: number;
}

export const usualPace: Pace = { lanes: 4, faultsEvery: 3_000, prompt: 1_000, grace: 3_000 };

/** A private server of this machine, whose clock is the machine's. */
export interface Backend {
  readonly description: string;
  /** What `open` needs in another process; goes there as JSON. */
  readonly client: unknown;
  /** False where the records are those of one process, which then is not killed. */
  readonly isShared: boolean;
  /** Milliseconds after which an operation is given up. */
  readonly timeout: number;
  /** The adapter's shortest pause before it sends again, in milliseconds, less what a timer may be early. */
  readonly repeatsAfter: number;
  /** What the clients reach it through. */
  readonly proxies: readonly FaultProxy[];
  readonly faults: Readonly<Record<string, ServerFault>>;
  /** Of a server that is wrong: which of its faults shows it, and comes first. */
  readonly telling?: string | undefined;
  /** Resolves when what the last fault broke is as it was, though the server has answered since before; then comes the next. */
  readonly whole?: () => Promise<void>;
  /** True where an inspection does not wait for a write that is under way. */
  readonly looksPastWriters?: boolean;
  /** Where it bears less than others. */
  readonly pace?: Pace;
  stop(): Promise<void>;
}

export interface Absent {
  readonly absent: string;
}

/** What the file of a backend exports. */
export interface BackendModule {
  /** Starts a server; `wrong` is one of `wrongs`. */
  start(wrong: string | undefined): Promise<Backend | Absent>;
  /** Opens a store in this process. */
  open(client: unknown): Promise<IdempotencyStore>;
  /** Settings of this server with which it must fail, by name. */
  readonly wrongs: readonly string[];
}

export const backendNames: readonly string[] = [
  ...['memory', 'redis', 'redis-sentinel', 'redis-cluster'],
  ...['postgres', 'postgres-standby', 'sqlserver'],
];

/** Each is one file beside this one. */
export async function loadBackend(name: string): Promise<BackendModule> {
  if (!backendNames.includes(name)) {
    throw new RangeError(`A backend is one of ${backendNames.join(', ')}, not “${name}”.`);
  }
  const module: BackendModule = await import(`./${name}.ts`);
  return module;
}

/** As a service that is started again until it finds its server. */
export async function openPatiently(
  open: BackendModule['open'],
  client: unknown,
): Promise<IdempotencyStore> {
  for (;;) {
    try {
      return await open(client);
    } catch (error) {
      if (!isIdempotencyError(error) || !error.retryable) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
