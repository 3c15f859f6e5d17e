import { refuse } from '@idem/core/adapter';
import type { PostgresSettings } from '../options.ts';

/** The configuration of a `Pool` of pg, by what is most often given; the rest is handed on as it is. */
export interface PgPoolConfig {
  readonly connectionString?: string;
  readonly host?: string;
  readonly port?: number;
  readonly user?: string;
  /** A function is asked for each connection: for tokens that change while the process runs. */
  readonly password?: string | (() => string | Promise<string>);
  readonly database?: string;
  readonly ssl?: boolean | object;
  readonly application_name?: string;
  readonly [option: string]: unknown;
}

export interface Target {
  /** What is left for the pool of `pg`. */
  readonly config: PgPoolConfig;
  readonly settings: PostgresSettings;
  readonly poolSize: number | undefined;
}

const TEXTS = ['schema', 'table', 'wakeUp'] as const;
const NUMBERS = ['timeout', 'poolSize'] as const;

/**
 * Reads `postgres://user:password@host:port/database?…`. Ours after the question mark are `schema`,
 * `table`, `timeout` (milliseconds), `wakeUp` and `poolSize`; the rest is as `pg` reads it (`sslmode`,
 * `application_name`, `host` for a Unix socket, …).
 *
 * Refuses others with `IDEM_INVALID_OPTIONS`; the message never repeats the URL.
 */
export function parseUrl(url: string | URL): Target {
  const parsed = URL.parse(String(url));
  if (parsed === null || !['postgres:', 'postgresql:'].includes(parsed.protocol)) {
    const what = '"postgres://user:password@host:port/database"';
    refuse('IDEM_INVALID_OPTIONS', parsed?.protocol, what, 'URL of a PostgreSQL store');
  }
  const own = new Map<string, string>();
  for (const name of [...TEXTS, ...NUMBERS]) {
    const text = parsed.searchParams.get(name);
    if (text !== null) own.set(name, text);
    parsed.searchParams.delete(name);
  }
  return {
    config: { connectionString: parsed.href },
    settings: {
      schema: own.get('schema'),
      table: own.get('table'),
      timeout: numberOf(own, 'timeout'),
      wakeUp: whetherOf(own, 'wakeUp'),
    },
    poolSize: numberOf(own, 'poolSize'),
  };
}

function numberOf(
  own: ReadonlyMap<string, string>,
  name: (typeof NUMBERS)[number],
): number | undefined {
  const text = own.get(name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    refuse('IDEM_INVALID_OPTIONS', text, 'a whole number above 0', `option ${name} in the URL`);
  }
  return Number(text);
}

function whetherOf(own: ReadonlyMap<string, string>, name: 'wakeUp'): boolean | undefined {
  const text = own.get(name);
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') {
    refuse('IDEM_INVALID_OPTIONS', text, 'true or false', `option ${name} in the URL`);
  }
  return text === 'true';
}
