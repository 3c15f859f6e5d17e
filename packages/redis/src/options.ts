import { checkOptionNames, refuse } from '@idem/core/adapter';
import type { RedisClient } from './client.ts';
import {
  type CheckedReplayCache,
  checkReplayCache,
  type ReplayCacheOptions,
} from './replay-cache/options.ts';

/** Replicas that must acknowledge every claim and every completion. */
export interface ReplicaOptions {
  /** How many of them, at least 1. */
  readonly count: number;
  /** How long to wait for them, in milliseconds. */
  readonly timeout: number;
}

export interface RedisStoreSettings {
  /** Stands before every key. Default `idempotency:`. The client's own `keyPrefix` comes before it. */
  readonly prefix?: string | undefined;
  /** How long an operation may take, repetitions after transient faults included, in milliseconds. Default 5,000. */
  readonly timeout?: number | undefined;
  /** Wait for replicas after a claim and a completion; without it, none is waited for. */
  readonly replicas?: ReplicaOptions | undefined;
  /**
   * True: what ends a claim is published (PUBLISH, on the channel that is called like the key), and
   * who waits for a key hears of it through one connection more, made when somebody first waits.
   * Default false. Stores that share keys should agree on it.
   */
  readonly wakeUp?: boolean | undefined;
  /**
   * False: for a server that refuses `TIME` in a script, as ElastiCache Serverless does. The time is
   * then taken from a key's expiry (`PEXPIRETIME`, of Redis 7.0 and newer), to the millisecond, and a
   * claim of a vacant key writes twice. Default true.
   */
  readonly timeInScripts?: boolean | undefined;
  /**
   * Keeps completed records that were replayed in this process, and answers `claim`, `find` and
   * `exists` from there. The server tells of every key that changes (client tracking), on one
   * connection more, and what is not told in time is not answered from there. Not for a Cluster, and
   * not with `timeInScripts: false`. Without it, every replay asks the server.
   */
  readonly replayCache?: ReplayCacheOptions | undefined;
}

export interface RedisStoreOptions extends RedisStoreSettings {
  /**
   * A client of ioredis or node-redis. It stays the application's: never closed, never reconfigured.
   */
  readonly client: RedisClient;
}

/** What `RedisStore.connect` takes in place of a URL: ioredis's own options beside the store's. */
export type ConnectOptions = RedisStoreSettings &
  (
    | { readonly url: string | URL }
    /** `RedisOptions` of ioredis. */
    | { readonly redis: object }
    | {
        readonly cluster: {
          /** As ioredis's `Cluster` takes them. */
          readonly nodes: readonly (string | number | { host?: string; port?: number })[];
          /** `ClusterOptions` of ioredis. */
          readonly options?: object | undefined;
        };
      }
  );

export interface CheckedSettings {
  readonly prefix: string;
  readonly timeout: number;
  readonly replicas: ReplicaOptions | undefined;
  readonly wakeUp: boolean;
  readonly timeInScripts: boolean;
  readonly replayCache: CheckedReplayCache | undefined;
}

const SETTINGS = [
  'prefix',
  'timeout',
  'replicas',
  'wakeUp',
  'timeInScripts',
  'replayCache',
] as const;

/** Refuses, with `IDEM_INVALID_OPTIONS`, a name that is none of the settings, nor one of these. */
export function checkSettingNames(options: unknown, others: readonly string[], what: string): void {
  checkOptionNames(options, new Set([...others, ...SETTINGS]), what);
}

/** setTimeout keeps no longer delay (2^31 - 1 ms). */
const LONGEST = 2_147_483_647;

/** Refuses bad settings with `IDEM_INVALID_OPTIONS`. */
export function checkSettings(settings: RedisStoreSettings): CheckedSettings {
  const { prefix = 'idempotency:', timeout = 5_000, replicas } = settings;
  const { wakeUp = false, timeInScripts = true } = settings;
  if (typeof prefix !== 'string' || !prefix.isWellFormed()) {
    refuse('IDEM_INVALID_OPTIONS', prefix, 'a well-formed string', 'option prefix');
  }
  checkWhole(timeout, LONGEST, 'option timeout, in milliseconds,');
  if (replicas !== undefined) {
    if (typeof replicas !== 'object' || replicas === null) {
      refuse('IDEM_INVALID_OPTIONS', replicas, 'an object { count, timeout }', 'option replicas');
    }
    checkOptionNames(replicas, new Set(['count', 'timeout']), 'option replicas');
    checkWhole(replicas.count, 1_000, 'option replicas.count');
    checkWhole(replicas.timeout, LONGEST, 'option replicas.timeout, in milliseconds,');
    if (replicas.timeout >= timeout) {
      const what = `less than the timeout of the whole operation (${timeout} ms)`;
      refuse('IDEM_INVALID_OPTIONS', replicas.timeout, what, 'option replicas.timeout');
    }
  }
  for (const [name, value] of Object.entries({ wakeUp, timeInScripts })) {
    if (typeof value !== 'boolean') {
      refuse('IDEM_INVALID_OPTIONS', value, 'true or false', `option ${name}`);
    }
  }
  const replayCache = checkReplayCache(settings.replayCache, timeInScripts);
  return { prefix, timeout, replicas, wakeUp, timeInScripts, replayCache };
}

function checkWhole(value: unknown, most: number, name: string): void {
  if (!Number.isSafeInteger(value) || Number(value) < 1 || Number(value) > most) {
    refuse('IDEM_INVALID_OPTIONS', value, `a whole number from 1 to ${most}`, name);
  }
}
