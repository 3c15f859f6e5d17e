import { IdempotencyError } from '@idem/core';

/**
 * What an application hands in: a `Redis` or a `Cluster` of ioredis, 5.4 or newer. Told by its
 * shape, so that two versions of ioredis in one tree do no harm.
 */
export interface RedisClient {
  readonly isCluster: boolean;
  readonly status: string;
  readonly options: {
    readonly keyPrefix?: string | undefined;
    readonly enableAutoPipelining?: boolean | undefined;
  };
}

export type Argument = string | Buffer;

/** ioredis has these, and does not declare them. */
interface ScriptCommands<Result> {
  evalBuffer(source: string, keys: 1, key: string, ...args: readonly Argument[]): Result;
  evalshaBuffer(sha: string, keys: 1, key: string, ...args: readonly Argument[]): Result;
}

interface OnePipeline extends ScriptCommands<unknown> {
  exec(): Promise<readonly (readonly [error: Error | null, reply?: unknown])[] | null>;
}

export interface ScriptClient extends RedisClient, ScriptCommands<Promise<unknown>> {
  pipeline(): OnePipeline;
}

/** One server, as a `Redis` of its own or as a node of a `Cluster`. */
export interface ServerNode {
  readonly stream: unknown;
  readonly options: {
    readonly host?: string | undefined;
    readonly port?: number | undefined;
    readonly path?: string | undefined;
  };
  wait(count: number, timeout: number): Promise<unknown>;
  info(): Promise<string>;
  time(): Promise<readonly unknown[]>;
  call(command: string, ...args: readonly string[]): Promise<unknown>;
}

interface ClusterClient {
  readonly slots: readonly (readonly string[] | undefined)[];
  nodes(role: 'master'): readonly ServerNode[];
}

/** Refuses, with `IDEM_INVALID_OPTIONS`, what is no ioredis client. */
export function toScriptClient(client: unknown): ScriptClient {
  if (has<ScriptClient>(client, ['evalBuffer', 'evalshaBuffer', 'pipeline'])) return client;
  throw new IdempotencyError(
    'IDEM_INVALID_OPTIONS',
    'The option client must be a Redis or a Cluster of ioredis; for a URL there is RedisStore.connect(url).',
  );
}

/** The servers that take writes: the one there is, or every master of the Cluster. */
export function masters(client: RedisClient): readonly ServerNode[] {
  if (client.isCluster && has<ClusterClient>(client, ['nodes'])) return client.nodes('master');
  return has<ServerNode>(client, ['wait', 'info', 'time', 'call']) ? [client] : [];
}

/** Which server of a Cluster has the slot, as `host:port`; a redirection has corrected it by the time its reply is here. */
export function ownerOf(client: RedisClient, slot: number): string | undefined {
  return has<ClusterClient>(client, ['nodes']) ? client.slots[slot]?.[0] : undefined;
}

export function addressOf({ options }: ServerNode): string {
  return options.path ?? `${options.host}:${options.port}`;
}

/** The key as the server sees it: ioredis puts its own `keyPrefix` before it. */
export function serverKey(client: RedisClient, key: string): string {
  return `${client.options.keyPrefix ?? ''}${key}`;
}

/** True when the client will not connect again by itself. */
export function hasEnded(client: RedisClient): boolean {
  return client.status === 'end';
}

/** Knows a part of ioredis by its methods. */
function has<Part extends object>(
  client: unknown,
  methods: readonly (keyof Part & string)[],
): client is Part {
  if (typeof client !== 'object' || client === null) return false;
  return methods.every((method) => typeof Reflect.get(client, method) === 'function');
}
