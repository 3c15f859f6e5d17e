import { checkOptionNames } from '@idem/core/adapter';
import { checkTimeout, type TransactionAdapter } from '@idem/core/sql';
import { type KyselyPlace, kyselyTransactions } from '../client/kysely.ts';
import { checkTransactions, type SqlServerSettings, type WithTransactions } from '../options.ts';
import { namesOf } from '../schema/names.ts';
import { installed } from './installed.ts';
import { checkCount } from './pool-size.ts';
import { type ConnectionSource, checkSource } from './source.ts';
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

/** A Kysely instance of our own. */
export interface OwnDatabase extends KyselyPlace {
  destroy(): Promise<void>;
}

export interface Opened<Tx> {
  readonly db: OwnDatabase;
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
 * Opens a Kysely instance of our own, and sees that the server answers. What it opens with is imported
 * here, once the options are checked, so that a store on your own pool does without it. Rejects with
 * `IDEM_INVALID_OPTIONS`, with `IDEM_ADAPTER_MISSING` when a package is not installed, and with
 * `IDEM_STORE_UNAVAILABLE` when the server does not answer, or refuses the login.
 */
export async function connect<Tx>(
  server: string | URL | ConnectionSource,
  options: ConnectOptions | ConnectWith<Tx>,
): Promise<Opened<Tx>> {
  checkOptionNames(options, NAMES, 'options of SqlServerStore.connect');
  const target = targetOf(server);
  const { poolSize = target.poolSize, transactions = kyselyTransactions, ...given } = options;
  const settings = { ...withoutUndefined(target.settings), ...withoutUndefined(given) };
  const timeout = checkTimeout(settings.timeout);
  namesOf(settings);
  checkTransactions(transactions);
  if (poolSize !== undefined) checkCount(poolSize, 1, 'option poolSize');
  const { openDatabase } = await installed(import('./open-database.ts'));
  const source = withTimeouts(target.config, timeout);
  const db = await openDatabase(source, { max: poolSize }, timeout);
  return { db, settings: { ...settings, transactions } };
}

function targetOf(server: string | URL | ConnectionSource): Omit<Target, 'config'> & {
  readonly config: ConnectionSource;
} {
  if (typeof server === 'string' || server instanceof URL) return parseUrl(server);
  checkSource(server, 'server of SqlServerStore.connect', 'a URL, sqlserver://…, ');
  return { config: server, settings: {}, poolSize: undefined };
}

function withoutUndefined<T extends object>(options: T): Partial<T> {
  const given: Partial<T> = {};
  for (const name in options) if (options[name] !== undefined) given[name] = options[name];
  return given;
}
