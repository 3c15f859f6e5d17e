import { Kysely } from 'kysely';
import type { ConnectionConfiguration } from 'tedious';
import { type SqlServerSettings, timeoutOf } from '../options.ts';
import { createDialect } from './dialect.ts';
import { Runner } from './runner.ts';
import { parseUrl, type Target } from './url.ts';

/** What `SqlServerStore.connect` takes beside the server. */
export interface ConnectOptions extends SqlServerSettings {
  /** Connections at most. Default 10. */
  readonly poolSize?: number | undefined;
}

export interface Opened<DB> {
  readonly db: Kysely<DB>;
  readonly settings: SqlServerSettings;
}

/**
 * Opens a Kysely instance of our own, and sees that the server answers. Rejects with
 * `IDEM_STORE_UNAVAILABLE` when it does not, or refuses the login.
 */
export async function openDatabase<DB>(
  server: string | URL | ConnectionConfiguration,
  options: ConnectOptions,
): Promise<Opened<DB>> {
  const target = targetOf(server);
  const settings = { ...withoutUndefined(target.settings), ...withoutUndefined(options) };
  const timeout = timeoutOf(settings);
  // Below the operations' own, so that a server that is silent is told from a pool that is empty.
  const connectTimeout = target.config.options?.connectTimeout ?? Math.ceil(timeout * 0.8);
  const requestTimeout = target.config.options?.requestTimeout ?? timeout + 1_000;
  const config = {
    ...target.config,
    options: { ...target.config.options, connectTimeout, requestTimeout },
  };
  const dialect = createDialect(config, { max: options.poolSize ?? target.poolSize });
  const db = new Kysely<DB>({ dialect });
  try {
    await new Runner(db, { timeout, repeat: true }).run('SELECT 1 AS one', [], undefined, () => {});
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return { db, settings };
}

function targetOf(server: string | URL | ConnectionConfiguration): Target {
  if (typeof server === 'string' || server instanceof URL) return parseUrl(server);
  return { config: server, settings: {}, poolSize: undefined };
}

function withoutUndefined<T extends object>(options: T): Partial<T> {
  const given: Partial<T> = {};
  for (const name in options) if (options[name] !== undefined) given[name] = options[name];
  return given;
}
