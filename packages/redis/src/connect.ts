import { IdempotencyError } from '@idem/core';
import type { Cluster, ClusterNode, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import { hasEnded } from './client.ts';
import { type CheckedSettings, checkSettings, type RedisStoreSettings } from './options.ts';
import { parseUrl, type Target } from './url.ts';

/** What `RedisStore.connect` takes in place of a URL: ioredis's own options beside the store's. */
export type ConnectOptions = RedisStoreSettings &
  (
    | { readonly url: string | URL }
    | { readonly redis: RedisOptions }
    | {
        readonly cluster: {
          readonly nodes: readonly ClusterNode[];
          readonly options?: ClusterOptions;
        };
      }
  );

export interface OpenedClient {
  readonly client: Redis | Cluster;
  readonly settings: CheckedSettings;
  readonly close: () => Promise<void>;
}

/**
 * How our own connections behave: what is in flight when a connection drops is rejected at once and
 * sent again by the store, and nothing waits in a queue, so nothing is sent after its deadline.
 */
const STRICT = {
  lazyConnect: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // A server that became a replica: look for the master.
  reconnectOnError: (error: Error): boolean => /^READONLY|-READONLY/.test(error.message),
  retryStrategy: reconnectDelay,
} satisfies RedisOptions;

/** Milliseconds before the nth attempt in a row: the first at once, for most drops are a moment. */
function reconnectDelay(times: number): number {
  return Math.min(20 * (times - 1), 1_000);
}

/** Opens a client of our own. Rejects with `IDEM_STORE_UNAVAILABLE` when none answers in time. */
export async function openClient(target: string | URL | ConnectOptions): Promise<OpenedClient> {
  const { settings: wished, server, options } = resolve(target);
  const settings = checkSettings(wished);
  const { Cluster, Redis } = await import('ioredis');
  // A connection that stays silent after the operations on it have given up is replaced.
  const limits = { socketTimeout: 2 * settings.timeout, connectTimeout: settings.timeout };
  const client =
    server.kind === 'cluster'
      ? new Cluster([...server.nodes], {
          clusterRetryStrategy: reconnectDelay,
          retryDelayOnFailover: 20,
          ...options,
          lazyConnect: true,
          enableOfflineQueue: false,
          redisOptions: {
            maxRetriesPerRequest: 0,
            ...limits,
            ...server.options,
            ...options?.redisOptions,
            replyMapping: 'legacy',
          },
        })
      : new Redis({ ...STRICT, ...limits, ...server.options, replyMapping: 'legacy' });
  let lastError: unknown;
  client.on('error', (error) => {
    lastError = error;
  });
  const ready = firstOf(client, ['ready', 'end'], settings.timeout);
  client.connect().catch((error: unknown) => {
    lastError ??= error;
  });
  if ((await ready) === 'ready') {
    return { client, settings, close: () => closeClient(client, settings.timeout) };
  }
  client.disconnect();
  const said = lastError instanceof Error ? lastError.message : 'no answer';
  throw new IdempotencyError(
    'IDEM_STORE_UNAVAILABLE',
    `No Redis server could be reached within ${settings.timeout} ms (${said}): see that it runs, and that the address and the password are right.`,
    { cause: lastError, retryable: true },
  );
}

function resolve(
  target: string | URL | ConnectOptions,
): Target & { readonly options?: ClusterOptions | undefined } {
  if (typeof target === 'string' || target instanceof URL) return parseUrl(target);
  if ('url' in target) {
    const parsed = parseUrl(target.url);
    return { ...parsed, settings: { ...parsed.settings, ...target } };
  }
  if ('redis' in target) {
    return { settings: target, server: { kind: 'redis', options: target.redis } };
  }
  if ('cluster' in target) {
    const { nodes, options } = target.cluster;
    return { settings: target, options, server: { kind: 'cluster', nodes, options: {} } };
  }
  throw new IdempotencyError(
    'IDEM_INVALID_OPTIONS',
    'RedisStore.connect takes a URL, or an object with one of url, redis and cluster.',
  );
}

/**
 * The first of these events, or undefined when none comes in time, or none can because `work`
 * failed. Errors in between are no end.
 */
function firstOf<Name extends 'ready' | 'end'>(
  client: Redis | Cluster,
  names: readonly Name[],
  timeout: number,
  work?: Promise<unknown>,
): Promise<Name | undefined> {
  return new Promise((resolve) => {
    const settle = (name: Name | undefined): void => {
      clearTimeout(timer);
      for (const [event, listener] of listeners) client.off(event, listener);
      resolve(name);
    };
    const timer = setTimeout(() => settle(undefined), timeout);
    const listeners = names.map((name) => [name, () => settle(name)] as const);
    for (const [event, listener] of listeners) client.on(event, listener);
    work?.catch(() => settle(undefined));
  });
}

/** Lets what is in flight end, within the timeout; then the connection goes. */
async function closeClient(client: Redis | Cluster, timeout: number): Promise<void> {
  if (client.status === 'ready') {
    await firstOf(client, ['end'], timeout, client.quit());
  }
  // Not waited for: a client between two attempts to connect just stops, and never says so.
  if (!hasEnded(client)) client.disconnect();
}
