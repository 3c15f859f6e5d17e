import type { Subscriber, SubscriberEvents } from '@idem/core/adapter';
import type { Argument, Connection, Evaluation, Wanted } from './driver.ts';
import type { CommandOptions, Listener, NodeRedisNode } from './node-redis-parts.ts';
import { ignore } from './parts.ts';
import {
  dispatch,
  INVALIDATIONS,
  type Tracked,
  type TrackerEvents,
  trackingCommand,
} from './tracker.ts';
import { Withdrawal } from './withdrawal.ts';

/** node-redis names the types of replies by their first byte; this is the one of a string of bytes. */
const BLOB = '$'.charCodeAt(0);

// The store has deadlines of its own; node-redis would make an AbortSignal for each command.
const BYTES: CommandOptions = { typeMapping: { [BLOB]: Buffer }, timeout: undefined };
const TEXT: CommandOptions = { typeMapping: {}, timeout: undefined };

/** One listener for each client, however many stores are on it. */
const counted = new WeakMap<NodeRedisNode, { made: number }>();

/** Counts the connections that a client makes from now on. */
function socketsOf(client: NodeRedisNode): { made: number } {
  const known = counted.get(client);
  if (known !== undefined) return known;
  const sockets = { made: 0 };
  counted.set(client, sockets);
  client.on('ready', () => {
    sockets.made += 1;
  });
  return sockets;
}

/** A client of node-redis: of its own, or a node of a cluster, a sentinel's master, one of a pool. */
export class NodeRedisConnection implements Connection {
  readonly #client: NodeRedisNode;
  readonly #prefix: string;
  readonly #sockets: { made: number };

  /** @param prefix stands before every key: node-redis puts none into commands that it does not know */
  constructor(client: NodeRedisNode, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
    this.#sockets = socketsOf(client);
  }

  get address(): string {
    const { path, host = 'localhost', port = 6379 } = this.#client.options?.socket ?? {};
    return path ?? `${host}:${port}`;
  }

  get isReady(): boolean {
    return this.#client.isReady;
  }

  get socket(): unknown {
    return this.#sockets.made;
  }

  evaluate(
    how: Evaluation,
    script: string,
    key: string,
    args: readonly Argument[],
    wanted: Wanted,
  ): Promise<unknown> {
    const command = [how, script, '1', this.#prefix + key, ...args];
    return this.#client.sendCommand(command, { ...BYTES, abortSignal: new Withdrawal(wanted) });
  }

  call(...command: readonly string[]): Promise<unknown> {
    return this.#client.sendCommand(command, TEXT);
  }

  /** The server hangs up when it has answered what came before; node-redis connects again by itself. */
  reconnect(): void {
    this.call('QUIT').catch(ignore);
  }

  async openSubscriber({ message, end }: SubscriberEvents): Promise<Subscriber> {
    const own = this.#duplicate({});
    let ended = false;
    own.on('error', () => {
      if (ended || own.isReady) return;
      ended = true;
      end();
    });
    own.unref();
    const listener: Listener = (_message, channel) => message(channel);
    try {
      await own.connect();
    } catch (error) {
      ended = true;
      throw error;
    }
    return {
      subscribe: async (channel) => {
        await own.subscribe(channel, listener);
      },
      unsubscribe: (channel) => {
        own.unsubscribe(channel, listener).catch(ignore);
      },
      close: () => {
        ended = true;
        if (own.isOpen) own.destroy();
      },
    };
  }

  async openTracker({ prefix, channel, signal }: Tracked, events: TrackerEvents): Promise<void> {
    const own = this.#duplicate({ RESP: 2, maintNotifications: 'disabled' });
    const end = (): void => {
      if (own.isOpen) own.destroy();
      events.end();
    };
    own.on('error', () => {
      if (!own.isReady) end();
    });
    own.unref();
    signal.addEventListener('abort', end, { once: true });
    const listen = (name: string): Promise<unknown> =>
      own.subscribe(name, (message) => dispatch(events, name, message), true);
    try {
      await own.connect();
      const id = await own.sendCommand(['CLIENT', 'ID'], TEXT);
      await own.sendCommand(trackingCommand(id, prefix), TEXT);
      await listen(INVALIDATIONS);
      await listen(channel);
    } catch (error) {
      end();
      throw error;
    }
  }

  /** A listener that is made anew as a whole by who needs it. */
  #duplicate(more: object): NodeRedisNode {
    const { socket, ...options } = this.#client.options ?? {};
    return this.#client.duplicate({
      ...options,
      socket: { ...socket, reconnectStrategy: false },
      pingInterval: undefined,
      clientSideCache: undefined,
      keyPrefix: undefined,
      disableOfflineQueue: false,
      ...more,
    });
  }
}
