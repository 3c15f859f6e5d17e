import type { IoredisClient } from '../client.ts';
import type { Argument } from './driver.ts';
import { has } from './parts.ts';

interface Emitter {
  on(event: string, listener: (...args: readonly unknown[]) => void): unknown;
  once(event: string, listener: (...args: readonly unknown[]) => void): unknown;
}

interface Socket {
  unref(): unknown;
}

/** A `Redis`. ioredis has the Buffer commands, and does not declare them. */
export interface IoredisNode extends IoredisClient, Emitter {
  readonly stream: (Socket & object) | null | undefined;
  /** What was sent and is not answered. */
  readonly commandQueue?: { readonly length: number } | undefined;
  /** Not documented: what the connection is meant to be, from when it begins to be made. */
  readonly condition?: { readonly select?: number | undefined } | undefined | null;
  readonly options: IoredisClient['options'] & {
    readonly host?: string | undefined;
    readonly port?: number | undefined;
    readonly path?: string | undefined;
  };
  evalBuffer(source: string, keys: 1, key: string, ...args: readonly Argument[]): Promise<unknown>;
  evalshaBuffer(sha: string, keys: 1, key: string, ...args: readonly Argument[]): Promise<unknown>;
  sendCommand(command: object): Promise<unknown>;
  call(command: string, ...args: readonly string[]): Promise<unknown>;
  subscribe(channel: string): Promise<unknown>;
  unsubscribe(channel: string): Promise<unknown>;
  connect(): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
  duplicate(options: object): IoredisNode;
}

/**
 * The same client, whose commands leave by themselves where `enableAutoPipelining` would hold them
 * back: ioredis has one pipeline under way at a time, and what waits behind it is sent when the
 * operation may be over. It leaves out of the pipeline what says of itself that it is one.
 */
export function withoutAutoPipelining(redis: IoredisNode): IoredisNode {
  if (redis.options.enableAutoPipelining !== true) return redis;
  return Object.create(redis, {
    isPipeline: { value: true },
    sendCommand: { value: (command: object) => redis.sendCommand(command) },
  });
}

export interface IoredisCluster extends IoredisClient {
  readonly slots: readonly (readonly string[] | undefined)[];
  nodes(role: 'all' | 'master' | 'slave'): readonly IoredisNode[];
  connect(): Promise<unknown>;
  /** Not documented; what ioredis itself calls on MOVED. */
  refreshSlotsCache(): void;
  readonly options: IoredisClient['options'] & { readonly natMap?: unknown };
}

export function isIoredisNode(client: unknown): client is IoredisNode {
  return has<IoredisNode>(client, ['evalBuffer', 'evalshaBuffer', 'call', 'duplicate']);
}

export function isIoredisCluster(client: unknown): client is IoredisCluster {
  return has<IoredisCluster>(client, ['nodes', 'connect', 'refreshSlotsCache']);
}
