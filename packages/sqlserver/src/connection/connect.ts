import { checkOptionNames } from '@idem/core/adapter';
import { checkTimeout, Runner, type TransactionAdapter } from '@idem/core/sql';
import { Kysely } from 'kysely';
import { kyselyPool, kyselyTransactions } from '../client/kysely.ts';
import { faults } from '../faults/fault.ts';
import type { SqlServerSettings, WithTransactions } from '../options.ts';
import { createDialect } from './dialect.ts';
import type { ConnectionSource } from './source.ts';
import { withTimeouts } from './timeouts.ts';
import { parseUrl, type Target } from './url.ts';

/** What `SqlServerStore.connect` takes beside the server. */
export interface ConnectOptions extends SqlServerSettings {
  /** Connections at most. Default 10. */
  readonly poolSize?: number | undefined;
  readonly transactions?: undefined;
}

/** As `ConnectOptions`, for transactions of another library than Kysely. */
export interface ConnectWith<Tx> extends Omit<ConnectOptions, 'transactions'> {
  /** The library whose transactions `inTransaction` takes: `mssqlTransactions` and the like. */
  readonly transactions: TransactionAdapter<Tx>;
}

export interface Opened<Tx> {
  readonly db: Kysely<unknown>;
  readonly settings: WithTransactions<Tx>;
}

const NAMES: ReadonlySet<string> = new Set([
  'poolSize',
  'transactions',
  'schema',
  'table',
  'timeout',
]);

/**
 * Opens a Kysely instance of our own, and sees that the server answers. Rejects with
 * `IDEM_STORE_UNAVAILABLE` when it does not, or refuses the login.
 */
export async function openDatabase<Tx>(
  server: string | URL | ConnectionSource,
  options: ConnectOptions | ConnectWith<Tx>,
): Promise<Opened<Tx>> {
  checkOptionNames(options, NAMES, 'options of SqlServerStore.connect');
  const target = targetOf(server);
  const { poolSize = target.poolSize, transactions = kyselyTransactions, ...given } = options;
  const settings = { ...withoutUndefined(target.settings), ...withoutUndefined(given) };
  const timeout = checkTimeout(settings.timeout);
  const source = withTimeouts(target.config, timeout);
  const db = new Kysely<unknown>({ dialect: createDialect(source, { max: poolSize }) });
  try {
    const runner = new Runner(kyselyPool(db), { faults, timeout, repeat: true });
    const text = 'SELECT 1 AS one';
    await runner.run({ text, parameters: [], signal: undefined, read: () => {} });
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, settings: { ...settings, transactions } };
}

function targetOf(server: string | URL | ConnectionSource): Omit<Target, 'config'> & {
  readonly config: ConnectionSource;
} {
  if (typeof server === 'string' || server instanceof URL) return parseUrl(server);
  return { config: server, settings: {}, poolSize: undefined };
}

function withoutUndefined<T extends object>(options: T): Partial<T> {
  const given: Partial<T> = {};
  for (const name in options) if (options[name] !== undefined) given[name] = options[name];
  return given;
}
