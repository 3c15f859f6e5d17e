import { IdempotencyError } from '@idem/core';
import { refuse } from '@idem/core/adapter';
import type { ClusterNode, RedisOptions } from 'ioredis';
import type { RedisStoreSettings } from './options.ts';

/** What a URL says: where the servers are, and the store's settings. */
export interface Target {
  readonly settings: RedisStoreSettings;
  readonly server:
    | { readonly kind: 'redis'; readonly options: RedisOptions }
    | {
        readonly kind: 'cluster';
        readonly nodes: readonly ClusterNode[];
        readonly options: RedisOptions;
      };
}

const FORM =
  /^(?<scheme>rediss?)(?<kind>\+sentinel|\+cluster)?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^@/?#]+)(?<path>\/[^?#]*)?(?:\?(?<query>[^#]*))?$/i;

const FORMS =
  'redis://user:password@host:6379/0, redis+sentinel://host:26379,host:26379/name/0 or redis+cluster://host:7000,host:7001 (rediss for TLS)';

/** Reads a URL. No message shows it: it may carry a password. */
export function parseUrl(url: string | URL): Target {
  const parts = FORM.exec(String(url))?.groups;
  if (parts === undefined) return refuseUrl('has none of these forms');
  const { settings, sentinel } = readQuery(parts['query'] ?? '');
  const credentials = {
    ...(parts['user'] ? { username: decode(parts['user']) } : {}),
    ...(parts['password'] ? { password: decode(parts['password']) } : {}),
  };
  const secure = parts['scheme']?.toLowerCase() === 'rediss';
  const tls = secure ? { tls: {} } : {};
  const path = (parts['path'] ?? '').split('/').filter((part) => part !== '');
  const hosts = parts['hosts'] ?? '';

  const kind = parts['kind']?.toLowerCase();
  if (kind !== '+sentinel' && Object.keys(sentinel).length > 0) {
    refuseUrl('has the user or the password of sentinels without any');
  }
  if (kind === '+cluster') {
    if (path.length > 0) refuseUrl('names a database, which a Cluster does not have');
    return {
      settings,
      server: {
        kind: 'cluster',
        nodes: addresses(hosts, 6379),
        options: { ...credentials, ...tls },
      },
    };
  }
  if (kind === '+sentinel') {
    const [name, db, ...rest] = path;
    if (name === undefined || rest.length > 0) {
      return refuseUrl('does not name the master after the sentinels');
    }
    const options: RedisOptions = {
      sentinels: addresses(hosts, 26379),
      name: decode(name),
      db: database(db),
      ...credentials,
      ...sentinel,
      ...tls,
      ...(secure ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
    };
    return { settings, server: { kind: 'redis', options } };
  }
  const [address, ...others] = addresses(hosts, 6379);
  if (address === undefined || others.length > 0 || path.length > 1) {
    return refuseUrl('names several hosts, or more than a database');
  }
  const options = { ...address, db: database(path[0]), ...credentials, ...tls };
  return { settings, server: { kind: 'redis', options } };
}

function addresses(hosts: string, defaultPort: number): { host: string; port: number }[] {
  return hosts.split(',').map((text) => {
    const address = /^(?:\[(?<six>[^\]]+)\]|(?<host>[^:[\]]+))(?::(?<port>\d{1,5}))?$/.exec(text);
    const host = address?.groups?.['six'] ?? address?.groups?.['host'];
    if (host === undefined) return refuseUrl('has a host that cannot be read');
    const port = Number(address?.groups?.['port'] ?? defaultPort);
    if (port < 1 || port > 65_535) return refuseUrl('has a port that is not from 1 to 65535');
    return { host, port };
  });
}

function database(text: string | undefined): number {
  if (text !== undefined && !/^\d{1,5}$/.test(text)) refuseUrl('has a database that is no number');
  return Number(text ?? 0);
}

function readQuery(query: string): {
  settings: RedisStoreSettings;
  sentinel: { sentinelUsername?: string; sentinelPassword?: string };
} {
  const parameters = new URLSearchParams(query);
  const take = (name: string): string | undefined => {
    const [text, ...more] = parameters.getAll(name);
    if (more.length > 0) refuseUrl(`says ${name} more than once`);
    parameters.delete(name);
    return text;
  };
  const whole = (name: string): number | undefined => {
    const text = take(name);
    if (text !== undefined && !/^\d{1,10}$/.test(text)) {
      refuse('IDEM_INVALID_OPTIONS', text, 'a whole number', `option ${name} in the URL`);
    }
    return text === undefined ? undefined : Number(text);
  };
  const whether = (name: string): boolean | undefined => {
    const text = take(name);
    if (text !== undefined && text !== 'true' && text !== 'false') {
      refuse('IDEM_INVALID_OPTIONS', text, 'true or false', `option ${name} in the URL`);
    }
    return text === undefined ? undefined : text === 'true';
  };
  const count = whole('replicas');
  const replicaTimeout = whole('replicaTimeout');
  if (count === undefined && replicaTimeout !== undefined) {
    refuseUrl('has a replicaTimeout without replicas to wait for');
  }
  const maxBytes = whole('replayCache');
  const maxStaleness = whole('maxStaleness');
  if (maxBytes === undefined && maxStaleness !== undefined) {
    refuseUrl('has a maxStaleness without a replayCache');
  }
  const settings: RedisStoreSettings = {
    prefix: take('prefix'),
    timeout: whole('timeout'),
    replicas: count === undefined ? undefined : { count, timeout: replicaTimeout ?? 1_000 },
    wakeUp: whether('wakeUp'),
    timeInScripts: whether('timeInScripts'),
    replayCache: maxBytes === undefined ? undefined : { maxBytes, maxStaleness },
  };
  const sentinelUsername = take('sentinelUsername');
  const sentinelPassword = take('sentinelPassword');
  for (const name of parameters.keys()) {
    const known =
      'among prefix, timeout, replicas, replicaTimeout, wakeUp, timeInScripts, replayCache, maxStaleness, sentinelUsername, sentinelPassword';
    refuse('IDEM_INVALID_OPTIONS', name, known, 'name of an option in the URL');
  }
  return {
    settings,
    sentinel: {
      ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
      ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    },
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuseUrl('has a user, a password or a name with a % that stands for nothing');
  }
}

function refuseUrl(why: string): never {
  throw new IdempotencyError(
    'IDEM_INVALID_OPTIONS',
    `The URL of a Redis store ${why}; it must look like ${FORMS}.`,
  );
}
