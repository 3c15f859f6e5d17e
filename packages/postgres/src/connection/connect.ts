import { checkOptionNames, type OpenSubscriber, refuse } from '@idem/core/adapter';
import {
  checkTimeout,
  Runner,
  type SqlRequest,
  type SqlRow,
  type TransactionAdapter,
} from '@idem/core/sql';
import { pgPool } from '../drivers/pg-pool.ts';
import type { PoolChannel } from '../drivers/pool-channel.ts';
import { faults } from '../faults/fault.ts';
import type { PostgresSettings, PostgresStoreOptions } from '../options.ts';
import { pgListener } from '../watch/pg-listener.ts';
import { type PgPoolConfig, parseUrl, type Target } from './url.ts';

/** A URL, or the configuration of a `Pool` of pg. */
export type Server = string | URL | PgPoolConfig;

/** What `PostgresStore.connect` takes beside the server. */
export interface ConnectOptions<Tx> extends PostgresSettings {
  /** Connections at most. Default 10. */
  readonly poolSize?: number | undefined;
  /** The library whose transactions `inTransaction` takes: `drizzleTransactions()` and the like. Default `pg`. */
  readonly transactions?: TransactionAdapter<Tx> | undefined;
}

export interface Opened<Tx> {
  readonly settings: PostgresStoreOptions<Tx>;
  end(): Promise<void>;
}

const NAMES: ReadonlySet<string> = new Set([
  'poolSize',
  'transactions',
  'schema',
  'table',
  'timeout',
  'wakeUp',
]);
const DEFAULT_POOL_SIZE = 10;
const LARGEST_POOL = 1_000;

/**
 * Opens a pool of our own, and sees that the server answers. Rejects with `IDEM_STORE_UNAVAILABLE`
 * when it does not, or refuses the login.
 */
export async function openPool<Tx>(
  server: Server,
  options: ConnectOptions<Tx>,
): Promise<Opened<Tx>> {
  checkOptionNames(options, NAMES, 'options of PostgresStore.connect');
  const isUrl = typeof server === 'string' || server instanceof URL;
  const target: Target = isUrl
    ? parseUrl(server)
    : { config: server, settings: {}, poolSize: undefined };
  const { poolSize: max = target.poolSize, transactions, ...given } = options;
  const settings = { ...withoutUndefined(target.settings), ...withoutUndefined(given) };
  const timeout = checkTimeout(settings.timeout);
  const { Pool } = (await import('pg')).default;
  const pool = new Pool({
    // Below the operations' own, so that a server that is silent is told from a pool that is empty.
    connectionTimeoutMillis: Math.ceil(timeout * 0.8),
    keepAlive: true,
    application_name: 'idem',
    ...target.config,
    max: checkPoolSize(max),
    // Nothing that is idle keeps the process alive.
    allowExitOnIdle: true,
  });
  // An idle client that loses its connection is no news: the pool opens another.
  pool.on('error', () => {});
  const channel = new CountedChannel(pgPool(pool), pgListener(pool));
  try {
    const runner = new Runner(channel, { faults, timeout, repeat: true });
    const text = 'SELECT 1 AS one';
    await runner.run({ text, parameters: [], signal: undefined, read: () => {} });
  } catch (error) {
    await pool.end();
    throw error;
  }
  const end = async (): Promise<void> => {
    // A pool that was ended serves its queue no more.
    await channel.settled();
    await channel.close();
    await pool.end();
  };
  const place = transactions === undefined ? { pool: channel } : { pool: channel, transactions };
  return { settings: { ...settings, ...place }, end };
}

/** Knows what is under way. */
class CountedChannel implements PoolChannel {
  readonly listen: OpenSubscriber | undefined;
  readonly #channel: PoolChannel;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(channel: PoolChannel, listen: OpenSubscriber | undefined) {
    this.#channel = channel;
    this.listen = listen;
  }

  placeholder(n: number): string {
    return this.#channel.placeholder(n);
  }

  async close(): Promise<void> {
    await this.#channel.close?.();
  }

  send(request: SqlRequest): Promise<readonly SqlRow[]> {
    const sent = this.#channel.send(request);
    const over: Promise<void> = sent.then(ignore, ignore).then(() => {
      this.#underWay.delete(over);
    });
    this.#underWay.add(over);
    return sent;
  }

  /** Also of what is sent again meanwhile. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }
}

function ignore(): void {}

function checkPoolSize(size: number = DEFAULT_POOL_SIZE): number {
  if (!Number.isSafeInteger(size) || size < 1 || size > LARGEST_POOL) {
    refuse('IDEM_INVALID_OPTIONS', size, 'a whole number, 1 to 1,000', 'option poolSize');
  }
  return size;
}

function withoutUndefined<T extends object>(options: T): Partial<T> {
  const given: Partial<T> = {};
  for (const name in options) if (options[name] !== undefined) given[name] = options[name];
  return given;
}
