import { has } from './parts.ts';
import type { Withdrawal } from './withdrawal.ts';

/** How a command is sent and its reply read; laid over what the application chose for its own commands. */
export interface CommandOptions {
  readonly typeMapping: Readonly<Record<number, unknown>>;
  readonly timeout: undefined;
  readonly abortSignal?: Withdrawal;
}

/** node-redis declares some of these as its own affair; it has no other way to them. */
interface Prefixed {
  readonly _keyPrefix?: string | undefined;
}

export interface NodeRedisNode extends Prefixed {
  readonly isOpen: boolean;
  readonly isReady: boolean;
  readonly options:
    | {
        readonly socket?: {
          readonly host?: string;
          readonly port?: number;
          readonly path?: string;
        };
      }
    | undefined;
  sendCommand(args: readonly (string | Buffer)[], options: CommandOptions): Promise<unknown>;
  duplicate(overrides: object): NodeRedisNode;
  on(event: 'error' | 'ready', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
  unref(): void;
  subscribe(channel: string, listener: Listener): Promise<unknown>;
  subscribe(
    channel: string,
    listener: (message: unknown) => void,
    bufferMode: true,
  ): Promise<unknown>;
  unsubscribe(channel: string, listener: Listener): Promise<unknown>;
}

export type Listener = (message: string, channel: string) => void;

export interface NodeRedisPool extends Prefixed {
  readonly isOpen: boolean;
  execute<T>(work: (client: NodeRedisNode) => Promise<T>): Promise<T>;
}

export interface NodeRedisSentinel extends Prefixed {
  readonly isOpen: boolean;
  /** The one way to the client of the master, which WAIT has to be sent on. */
  _execute<T>(isReadonly: false, work: (client: NodeRedisNode) => Promise<T>): Promise<T>;
}

export interface ClusterNode {
  readonly address: string;
  readonly client?: NodeRedisNode | undefined;
}

export interface NodeRedisCluster extends Prefixed {
  readonly isOpen: boolean;
  readonly slots: readonly ({ readonly master: ClusterNode } | undefined)[];
  readonly masters: readonly ClusterNode[];
  readonly replicas: readonly ClusterNode[];
  readonly nodeByAddress: ReadonlyMap<string, ClusterNode>;
  nodeClient(node: ClusterNode): Promise<NodeRedisNode>;
  sendCommand(key: string, isReadonly: false, command: readonly string[]): Promise<unknown>;
  readonly _slots?: { rediscover(startWith?: NodeRedisNode): Promise<void> } | undefined;
}

export function isNodeRedisCluster(client: unknown): client is NodeRedisCluster {
  return has<NodeRedisCluster>(client, ['nodeClient']) && 'slots' in client;
}

export function isNodeRedisSentinel(client: unknown): client is NodeRedisSentinel {
  return has<NodeRedisSentinel>(client, ['_execute']) && 'getSentinelNode' in client;
}

export function isNodeRedisPool(client: unknown): client is NodeRedisPool {
  return has<NodeRedisPool>(client, ['execute']) && 'totalClients' in client;
}

export function isNodeRedisNode(client: unknown): client is NodeRedisNode {
  return (
    has<NodeRedisNode>(client, ['sendCommand', 'duplicate', 'unref']) && 'isPubSubActive' in client
  );
}
