import type { Subscriber, SubscriberEvents } from '@idem/core/adapter';

import type { Tracked, TrackerEvents } from './tracker.ts';

export type Argument = string | Buffer;

/** How a script is sent: by its name, or with its text to a server that does not know it. */
export type Evaluation = 'EVALSHA' | 'EVAL';

/** A command that is wanted for so long. */
export interface Wanted {
  /** Takes the command back if the driver has not written it yet; set by whoever holds it back. */
  withdraw: (() => void) | undefined;
}

/** One client's connection to one server. What is sent on it while it is ready is written at once, in order. */
export interface Connection {
  /** As `host:port`, or a path. */
  readonly address: string;
  readonly isReady: boolean;
  /** Another one when the connection has been made anew: what WAIT counts ends with it. */
  readonly socket: unknown;
  /** Replies are bytes. */
  evaluate(
    how: Evaluation,
    script: string,
    key: string,
    args: readonly Argument[],
    wanted: Wanted,
  ): Promise<unknown>;
  /** Any other command; replies are text. */
  call(...command: readonly [string, ...string[]]): Promise<unknown>;
  /** Connects anew, for the endpoint may lead to another server by now. */
  reconnect(): void;
  openSubscriber(events: SubscriberEvents): Promise<Subscriber>;
  /** Resolves when the server has begun to tell of changes. Rejects, and leaves nothing open, when it does not. */
  openTracker(tracked: Tracked, events: TrackerEvents): Promise<void>;
}

/**
 * What the store needs of a client, whichever library it is of. A command of the store is handed to
 * a connection that is ready, or to none: what waits in a driver's queue is sent when nobody wants
 * it any more.
 */
export interface Driver {
  /** True where several servers have the keys. */
  readonly isCluster: boolean;
  /** True when the client will not connect by itself. */
  readonly hasEnded: boolean;
  /** The key as the server sees it, with the client's own prefix. */
  serverKey(key: string): string;
  /**
   * Gives the work a connection to the server that has the key. Rejects with a `NotConnected` when
   * there is none now, and sees to it that there will be. A pool keeps the connection for the work.
   */
  use<T>(key: string, work: (connection: Connection) => Promise<T>): Promise<T>;
  /** The same for the server at an address to which a Cluster has redirected. */
  useAt<T>(address: string, work: (connection: Connection) => Promise<T>): Promise<T>;
  /** Learns anew which server of a Cluster has the key; does not wait for it. */
  relearn(key: string): void;
  /** The servers that take writes, at least one. Rejects with a `NotConnected` when it cannot say. */
  masters(): Promise<readonly Connection[]>;
  /** The replicas of a Cluster, as far as the client knows them. */
  replicas(): Promise<readonly Connection[]>;
}

/** There is no connection now; there may be one in a moment. */
export class NotConnected extends Error {
  constructor(cause?: unknown) {
    const said = cause instanceof Error ? ` (${cause.message})` : '';
    super(`The client is not connected${said}`, { cause });
    this.name = 'NotConnected';
  }
}
