import { refuse } from '@idem/core/adapter';
import type { ClusterOptions } from 'ioredis';
import {
  type CheckedSettings,
  type ConnectOptions,
  checkSettingNames,
  checkSettings,
} from './options.ts';
import { checkNodes, checkServer } from './places.ts';
import { parseUrl, type Target } from './url.ts';

/** What to open, checked. */
export interface Opening {
  readonly settings: CheckedSettings;
  readonly server: Target['server'];
  /** Of a Cluster that was not named by a URL. */
  readonly options?: ClusterOptions | undefined;
}

const PLACES = ['url', 'redis', 'cluster'] as const;

/** Refuses, with `IDEM_INVALID_OPTIONS`, what does not say exactly one place, or has a name too many. */
export function openingOf(target: string | URL | ConnectOptions): Opening {
  if (typeof target === 'string' || target instanceof URL) {
    const { settings, server } = parseUrl(target);
    return { server, settings: checkSettings(settings) };
  }
  const what = 'options of RedisStore.connect';
  checkSettingNames(target, PLACES, what);
  const given = PLACES.filter((place) => Reflect.get(target, place) !== undefined);
  if (given.length !== 1) {
    refuse('IDEM_INVALID_OPTIONS', given.join(', '), 'a URL, or one of url, redis, cluster', what);
  }
  if ('url' in target) {
    const { settings: said, server } = parseUrl(target.url);
    // What is there and undefined says nothing, and the URL may.
    const {
      prefix = said.prefix,
      timeout = said.timeout,
      replicas = said.replicas,
      wakeUp = said.wakeUp,
      timeInScripts = said.timeInScripts,
      replayCache = said.replayCache,
    } = target;
    return {
      server,
      settings: checkSettings({ prefix, timeout, replicas, wakeUp, timeInScripts, replayCache }),
    };
  }
  const settings = checkSettings(target);
  if ('redis' in target) {
    checkObject(target.redis, 'redis');
    checkServer(target.redis);
    return { settings, server: { kind: 'redis', options: target.redis } };
  }
  checkObject(target.cluster, 'cluster');
  const { nodes, options } = target.cluster;
  checkNodes(nodes);
  return { settings, options, server: { kind: 'cluster', nodes, options: {} } };
}

function checkObject(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null) {
    refuse('IDEM_INVALID_OPTIONS', value, 'an object', `option ${name}`);
  }
}
