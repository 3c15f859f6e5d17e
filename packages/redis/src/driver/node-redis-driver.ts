import { type Connection, type Driver, NotConnected } from './driver.ts';
import { NodeRedisConnection } from './node-redis-connection.ts';
import type { NodeRedisNode, NodeRedisPool, NodeRedisSentinel } from './node-redis-parts.ts';

/** Lends a client that is connected to the server, or to Sentinel's master. */
type Lend = <T>(work: (client: NodeRedisNode) => Promise<T>) => Promise<T>;

/** A client, a pool or a sentinel of node-redis. */
export class NodeRedisDriver implements Driver {
  readonly isCluster = false;
  readonly #client: { readonly isOpen: boolean; readonly _keyPrefix?: string | undefined };
  readonly #lend: Lend;
  readonly #connections = new WeakMap<NodeRedisNode, NodeRedisConnection>();

  private constructor(client: NodeRedisNode | NodeRedisPool | NodeRedisSentinel, lend: Lend) {
    this.#client = client;
    this.#lend = lend;
  }

  static ofClient(client: NodeRedisNode): NodeRedisDriver {
    return new NodeRedisDriver(client, (work) => work(client));
  }

  static ofPool(pool: NodeRedisPool): NodeRedisDriver {
    return new NodeRedisDriver(pool, (work) => pool.execute(work));
  }

  static ofSentinel(sentinel: NodeRedisSentinel): NodeRedisDriver {
    return new NodeRedisDriver(sentinel, masterOf(sentinel));
  }

  get hasEnded(): boolean {
    return !this.#client.isOpen;
  }

  serverKey(key: string): string {
    return `${this.#client._keyPrefix ?? ''}${key}`;
  }

  use<T>(_key: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#lend((client) => {
      if (!client.isReady) return Promise.reject(new NotConnected());
      return work(this.#connectionOf(client));
    });
  }

  useAt<T>(): Promise<T> {
    return Promise.reject(new NotConnected());
  }

  relearn(): void {}

  async replicas(): Promise<readonly Connection[]> {
    return [];
  }

  /** The client may be lent to others after this; it stays connected to the same server. */
  async masters(): Promise<readonly Connection[]> {
    return this.use('', async (connection) => [connection]);
  }

  #connectionOf(client: NodeRedisNode): NodeRedisConnection {
    const known = this.#connections.get(client);
    if (known !== undefined) return known;
    const connection = new NodeRedisConnection(client, this.#client._keyPrefix ?? '');
    this.#connections.set(client, connection);
    return connection;
  }
}

/**
 * Asks once for the client of the master, and then uses it as long as it is connected: asked for each
 * command, node-redis serves those of one turn one after the other, and may leave some waiting behind
 * all that come later. When the master changes, node-redis closes that client.
 */
function masterOf(sentinel: NodeRedisSentinel): Lend {
  let master: NodeRedisNode | undefined;
  let asked: Promise<NodeRedisNode> | undefined;
  return (work) => {
    if (master?.isReady === true) return work(master);
    asked ??= sentinel
      ._execute(false, async (client) => client)
      .finally(() => {
        asked = undefined;
      });
    return asked.then((client) => {
      master = client;
      return work(client);
    });
  };
}
