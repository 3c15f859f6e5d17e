import { refuse } from '@idem/core/adapter';
import type { TediousConfiguration } from '../optional-types.ts';
import type { SqlServerSettings } from '../options.ts';

export interface Target {
  readonly config: TediousConfiguration;
  readonly settings: SqlServerSettings;
  readonly poolSize: number | undefined;
}

const SWITCHES = ['encrypt', 'trustServerCertificate', 'multiSubnetFailover'] as const;
const NUMBERS = ['timeout', 'connectTimeout', 'poolSize'] as const;
const TEXTS = ['schema', 'table', 'instanceName', 'appName'] as const;
const KNOWN = [...SWITCHES, ...NUMBERS, ...TEXTS].join(', ');

/**
 * Reads `sqlserver://user:password@host:port/database?encrypt=true`. User, password and database
 * are percent-decoded. What follows the question mark: `encrypt` (default true),
 * `trustServerCertificate` (false), `multiSubnetFailover`, `timeout` and `connectTimeout`
 * (milliseconds), `poolSize`, `schema`, `table`, `instanceName`, `appName`.
 *
 * Refuses others with `IDEM_INVALID_OPTIONS`; the message never repeats the URL.
 */
export function parseUrl(url: string | URL): Target {
  const parsed = URL.parse(String(url));
  if (parsed?.protocol !== 'sqlserver:' || parsed.hostname === '') {
    const what = '"sqlserver://user:password@host:port/database"';
    refuse('IDEM_INVALID_OPTIONS', parsed?.protocol, what, 'URL of a SQL Server store');
  }
  const query = new Map<string, string>();
  for (const [name, text] of parsed.searchParams) {
    if (![...SWITCHES, ...NUMBERS, ...TEXTS].some((known) => known === name)) {
      refuse('IDEM_INVALID_OPTIONS', name, `among ${KNOWN}`, 'name of an option');
    }
    query.set(name, text);
  }
  const database = decoded(parsed.pathname.slice(1), 'database');
  const options: TediousConfiguration['options'] = {
    encrypt: switchOf(query, 'encrypt') ?? true,
    trustServerCertificate: switchOf(query, 'trustServerCertificate') ?? false,
    multiSubnetFailover: switchOf(query, 'multiSubnetFailover') ?? false,
  };
  if (database !== '') options.database = database;
  const instanceName = query.get('instanceName');
  if (instanceName !== undefined) options.instanceName = instanceName;
  else options.port = parsed.port === '' ? 1433 : Number(parsed.port);
  const appName = query.get('appName');
  if (appName !== undefined) options.appName = appName;
  const connectTimeout = numberOf(query, 'connectTimeout');
  if (connectTimeout !== undefined) options.connectTimeout = connectTimeout;
  return {
    config: {
      server: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
      authentication: {
        type: 'default',
        options: {
          userName: decoded(parsed.username, 'user'),
          password: decoded(parsed.password, 'password'),
        },
      },
      options,
    },
    settings: {
      schema: query.get('schema'),
      table: query.get('table'),
      timeout: numberOf(query, 'timeout'),
    },
    poolSize: numberOf(query, 'poolSize'),
  };
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Shown without its value: it may be the password.
    return refuse('IDEM_INVALID_OPTIONS', undefined, 'percent-encoded', `${name} in the URL`);
  }
}

function switchOf(
  query: ReadonlyMap<string, string>,
  name: (typeof SWITCHES)[number],
): boolean | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  if (text !== 'true' && text !== 'false') {
    refuse('IDEM_INVALID_OPTIONS', text, 'true or false', `option ${name} in the URL`);
  }
  return text === 'true';
}

function numberOf(
  query: ReadonlyMap<string, string>,
  name: (typeof NUMBERS)[number],
): number | undefined {
  const text = query.get(name);
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    refuse('IDEM_INVALID_OPTIONS', text, 'a whole number above 0', `option ${name} in the URL`);
  }
  return Number(text);
}
