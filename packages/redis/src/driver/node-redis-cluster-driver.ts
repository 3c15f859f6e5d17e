import calculateSlot from 'cluster-key-slot';
import { type Connection, type Driver, NotConnected } from './driver.ts';
import { NodeRedisConnection } from './node-redis-connection.ts';
import type { ClusterNode, NodeRedisCluster, NodeRedisNode } from './node-redis-parts.ts';
import { ignore } from './parts.ts';

/** A cluster of node-redis. Commands go to the node itself, as with ioredis and for the same reasons. */
export class NodeRedisClusterDriver implements Driver {
  readonly isCluster = true;
  readonly #cluster: NodeRedisCluster;
  readonly #connections = new WeakMap<NodeRedisNode, NodeRedisConnection>();
  #learning = false;

  constructor(cluster: NodeRedisCluster) {
    this.#cluster = cluster;
  }

  get hasEnded(): boolean {
    return !this.#cluster.isOpen;
  }

  serverKey(key: string): string {
    return `${this.#cluster._keyPrefix ?? ''}${key}`;
  }

  use<T>(key: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    const node = this.#cluster.slots[calculateSlot(this.serverKey(key))]?.master;
    return this.#useNode(node, key, work);
  }

  useAt<T>(address: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#useNode(this.#cluster.nodeByAddress.get(address), '', work);
  }

  relearn(key: string): void {
    if (this.#learning || !this.#cluster.isOpen) return;
    this.#learning = true;
    this.#learn(this.serverKey(key))
      .catch(ignore)
      .finally(() => {
        this.#learning = false;
      });
  }

  /** What node-redis itself does on MOVED; before 5.1 that is out of reach, and any command brings one about. */
  async #learn(key: string): Promise<void> {
    const { _slots, masters } = this.#cluster;
    const live = masters.find(({ client }) => client?.isReady);
    if (_slots !== undefined) await _slots.rediscover(live?.client);
    else await this.#cluster.sendCommand(key, false, ['EXISTS', key]);
  }

  async masters(): Promise<readonly Connection[]> {
    const { masters } = this.#cluster;
    if (masters.length === 0) throw new NotConnected();
    return Promise.all(masters.map((node) => this.#useNode(node, '', async (one) => one)));
  }

  async replicas(): Promise<readonly Connection[]> {
    const { replicas } = this.#cluster;
    const found = await Promise.allSettled(
      replicas.map((node) => this.#useNode(node, '', async (one) => one)),
    );
    return found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  async #useNode<T>(
    node: ClusterNode | undefined,
    key: string,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    if (node?.client?.isReady) return work(this.#connectionOf(node.client));
    if (node === undefined || node.client !== undefined) {
      this.relearn(key);
      throw new NotConnected();
    }
    // One that is made when it is first needed.
    const client = await this.#cluster.nodeClient(node).catch((error: unknown) => {
      throw new NotConnected(error);
    });
    return work(this.#connectionOf(client));
  }

  #connectionOf(client: NodeRedisNode): NodeRedisConnection {
    const known = this.#connections.get(client);
    if (known !== undefined) return known;
    const connection = new NodeRedisConnection(client, this.#cluster._keyPrefix ?? '');
    this.#connections.set(client, connection);
    return connection;
  }
}
