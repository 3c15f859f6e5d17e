import { refuse } from '../contract/checks.ts';
import { IdempotencyError, isIdempotencyError } from '../contract/errors.ts';
import type { IdempotencyStore } from '../contract/store.ts';
import { missingPackage } from './missing-package.ts';

/** Opens a store from its URL, importing the adapter only then. */
export type StoreConnector<S extends IdempotencyStore = IdempotencyStore> = (
  url: string,
) => S | Promise<S>;

/** Packages an adapter leaves its users to choose. Only for the message: connectors are the application's. */
const COMPANIONS: Readonly<Record<string, string>> = {
  '@idem/redis': '@idem/redis ioredis',
  '@idem/postgres': '@idem/postgres pg',
  '@idem/sqlserver': '@idem/sqlserver kysely tedious tarn',
};

/** The lines that connect the adapters of this project, for the message to a scheme that is not there. */
const LINES: Readonly<Record<string, string>> = {
  memory: "memory: (url) => import('@idem/memory').then((m) => m.MemoryStore.connect(url))",
  ...Object.fromEntries(
    ['redis', 'rediss', 'redis+sentinel', 'rediss+sentinel', 'redis+cluster', 'rediss+cluster'].map(
      (scheme) => [
        scheme,
        `${scheme.includes('+') ? `'${scheme}'` : scheme}: (url) => import('@idem/redis').then((m) => m.RedisStore.connect(url))`,
      ],
    ),
  ),
  ...Object.fromEntries(
    ['postgres', 'postgresql'].map((scheme) => [
      scheme,
      `${scheme}: (url) => import('@idem/postgres').then((m) => m.PostgresStore.connect(url))`,
    ]),
  ),
  sqlserver:
    "sqlserver: (url) => import('@idem/sqlserver').then((m) => m.SqlServerStore.connect(url))",
};

/**
 * Opens the store that a URL names, with the connector of its scheme (RFC 3986, section 3.1: without
 * regard to case). The connectors are the application's own, so that bundlers and strict package
 * managers see its imports, and any adapter can be among them.
 *
 * Rejects with `IDEM_UNKNOWN_SCHEME` when no connector has that scheme, `IDEM_ADAPTER_MISSING` when
 * a package that it imports is not installed, `IDEM_INVALID_OPTIONS`, and with what the connector
 * rejects with. What follows the scheme is in no message: it may hold a password.
 */
export async function openStore<S extends IdempotencyStore>(
  url: string,
  connectors: Readonly<Record<string, StoreConnector<S>>>,
): Promise<S> {
  if (typeof connectors !== 'object' || connectors === null) {
    const what = "an object such as { redis: (url) => import('@idem/redis').then(…) }";
    refuse('IDEM_INVALID_OPTIONS', connectors, what, 'connectors');
  }
  const scheme = schemeOf(url);
  const connect = Object.hasOwn(connectors, scheme) ? connectors[scheme] : undefined;
  if (connect === undefined) throw unknownScheme(scheme, Object.keys(connectors));
  const store = await connected(scheme, url, connect);
  if (typeof store?.claim !== 'function') {
    const what = 'a store; return it from the function';
    refuse('IDEM_INVALID_OPTIONS', store, what, `connector of ${scheme}:`);
  }
  return store;
}

async function connected<S extends IdempotencyStore>(
  scheme: string,
  url: string,
  connect: StoreConnector<S>,
): Promise<S> {
  try {
    return await connect(url);
  } catch (cause) {
    // An adapter that says so itself knows better what goes with the package.
    if (isIdempotencyError(cause, 'IDEM_ADAPTER_MISSING')) throw cause;
    const name = missingPackage(cause);
    if (name === undefined) throw cause;
    throw new IdempotencyError(
      'IDEM_ADAPTER_MISSING',
      `The package ${name}, which opens ${scheme}: stores, is not installed. Run: npm install ${COMPANIONS[name] ?? name}`,
      { cause },
    );
  }
}

/** By text: a URL with several hosts is none to the WHATWG parser. */
function schemeOf(url: unknown): string {
  const scheme = typeof url === 'string' ? /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1] : undefined;
  if (scheme !== undefined) return scheme.toLowerCase();
  throw new IdempotencyError(
    'IDEM_INVALID_OPTIONS',
    `The URL of a store must be a string that begins with a scheme, such as memory: or redis://localhost:6379; it was ${typeof url === 'string' ? 'a string without one' : `of type ${typeof url}`}.`,
  );
}

function unknownScheme(scheme: string, known: readonly string[]): IdempotencyError {
  const line = Object.hasOwn(LINES, scheme)
    ? LINES[scheme]
    : `${JSON.stringify(scheme)}: (url) => import('the adapter').then((m) => m.open(url))`;
  const there = known.length === 0 ? 'none' : known.map((name) => `${name}:`).join(', ');
  return new IdempotencyError(
    'IDEM_UNKNOWN_SCHEME',
    `No connector opens ${scheme}: URLs; there are: ${there}. Add to the connectors: ${line}`,
  );
}
