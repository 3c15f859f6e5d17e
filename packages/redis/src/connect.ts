import { IdempotencyError } from '@idem/core';
import type { Cluster, ClusterOptions, Redis, RedisOptions } from 'ioredis';
import { isRefusal, toIdempotencyError } from './faults.ts';
import { type Opening, openingOf } from './opening.ts';
import type { CheckedSettings, ConnectOptions } from './options.ts';
import { tlsErrorOf } from './tls-probe.ts';

export interface OpenedClient {
  readonly client: Redis | Cluster;
  readonly settings: CheckedSettings;
  readonly close: () => Promise<void>;
  /** Milliseconds of the timeout that opening has left over. */
  readonly timeLeft: number;
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
  retryStrategy: reconnectDelay,
} satisfies RedisOptions;

/** Milliseconds before the nth attempt in a row: the first at once, for most drops are a moment. */
function reconnectDelay(times: number): number {
  return Math.min(20 * (times - 1), 1_000);
}

/**
 * Opens a client of our own. Rejects with `IDEM_STORE_UNAVAILABLE` when none answers in time, and at
 * once with `IDEM_STORE_FAILED` when a server refuses us.
 */
export async function openClient(target: string | URL | ConnectOptions): Promise<OpenedClient> {
  const opening = openingOf(target);
  const { settings } = opening;
  const started = performance.now();
  const client = await clientFor(opening);
  let lastError: unknown;
  let probed = false;
  const refused = new Promise<'refused'>((resolve) => {
    const note = (error: unknown): void => {
      lastError = error;
      if (isRefusal(error)) resolve('refused');
      if (probed) return;
      probed = true;
      void tlsErrorOf(opening, settings.timeout).then((tlsError) => {
        if (tlsError !== undefined) note(tlsError);
      });
    };
    client.on('error', (error) => {
      // A Cluster says only that all its nodes failed; what they said came before.
      if (!/^Failed to refresh slots cache/.test(error.message) || lastError === undefined) {
        note(error);
      }
    });
    client.on('node error', note);
  });
  const ready = firstOf(client, ['ready', 'end'], settings.timeout);
  client.connect().catch((error: unknown) => {
    lastError ??= error;
  });
  const outcome = await Promise.race([ready, refused]);
  if (outcome === 'ready') {
    const timeLeft = Math.max(1, settings.timeout - (performance.now() - started));
    return { client, settings, timeLeft, close: () => closeClient(client, settings.timeout) };
  }
  client.disconnect();
  if (outcome === 'refused') throw toIdempotencyError(lastError, false);
  const said = lastError instanceof Error ? lastError.message : 'no answer';
  throw new IdempotencyError(
    'IDEM_STORE_UNAVAILABLE',
    `No Redis server could be reached within ${settings.timeout} ms (${said}): see that it runs, and that the address is right.`,
    { cause: lastError, retryable: true },
  );
}

async function clientFor({ settings, server, options }: Opening): Promise<Redis | Cluster> {
  const { Cluster, Redis } = await import('ioredis');
  // A connection that stays silent after the operations on it have given up is replaced.
  const limits = { socketTimeout: 2 * settings.timeout, connectTimeout: settings.timeout };
  if (server.kind === 'redis') {
    return new Redis({ ...STRICT, ...limits, ...server.options, replyMapping: 'legacy' });
  }
  const redisOptions = { ...server.options, ...options?.redisOptions };
  return new Cluster([...server.nodes], {
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: settings.timeout,
    ...(redisOptions.tls === undefined ? {} : { dnsLookup: asNamed }),
    ...options,
    lazyConnect: true,
    enableOfflineQueue: false,
    redisOptions: {
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      ...limits,
      ...redisOptions,
      replyMapping: 'legacy',
    },
  });
}

/** Leaves names as they are: a certificate is for the name, and ioredis would connect to the address. */
const asNamed: NonNullable<ClusterOptions['dnsLookup']> = (address, callback) => {
  callback(null, address);
};

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
  if (client.status !== 'end') client.disconnect();
}
