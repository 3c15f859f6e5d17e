import calculateSlot from 'cluster-key-slot';
import { type Connection, type Driver, NotConnected } from './driver.ts';
import { IoredisConnection } from './ioredis-connection.ts';
import type { IoredisCluster, IoredisNode } from './ioredis-parts.ts';

/**
 * A `Cluster` of ioredis. Commands go to the node itself: through the Cluster nobody knows in the
 * end which node took a write (its table changes under commands in flight), and what it holds back
 * for a redirection is sent when the operation may be over.
 */
export class IoredisClusterDriver implements Driver {
  readonly isCluster = true;
  readonly #client: IoredisCluster;
  readonly #connections = new WeakMap<IoredisNode, IoredisConnection>();
  #byAddress = new Map<string, IoredisConnection>();

  constructor(client: IoredisCluster) {
    this.#client = client;
  }

  get hasEnded(): boolean {
    return this.#client.status === 'end';
  }

  serverKey(key: string): string {
    return `${this.#client.options.keyPrefix ?? ''}${key}`;
  }

  use<T>(key: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    if (this.#client.status !== 'ready') {
      return this.#opened().then(() => this.use(key, work));
    }
    const owner = this.#client.slots[calculateSlot(this.serverKey(key))]?.[0];
    return this.#useNode(owner, work);
  }

  useAt<T>(address: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#useNode(this.#mapped(address), work);
  }

  relearn(): void {
    if (this.#client.status === 'ready') this.#client.refreshSlotsCache();
  }

  async masters(): Promise<readonly Connection[]> {
    await this.#opened();
    const nodes = this.#client.nodes('master').map((node) => this.#connectionOf(node));
    if (nodes.length === 0) throw new NotConnected();
    await Promise.all(nodes.map((node) => node.opened()));
    return nodes;
  }

  async replicas(): Promise<readonly Connection[]> {
    const nodes = this.#client.nodes('slave').map((node) => this.#connectionOf(node));
    const opened = await Promise.allSettled(nodes.map((node) => node.opened()));
    return nodes.filter((_, i) => opened[i]?.status === 'fulfilled');
  }

  #useNode<T>(
    address: string | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = address === undefined ? undefined : this.#at(address);
    if (connection?.isReady) return work(connection);
    if (connection === undefined) {
      this.relearn();
      return Promise.reject(new NotConnected());
    }
    return connection.opened().then(() => work(connection));
  }

  #at(address: string): IoredisConnection | undefined {
    const known = this.#byAddress.get(address);
    if (known?.isReady) return known;
    this.#byAddress = new Map(
      this.#client.nodes('all').map((node) => {
        const connection = this.#connectionOf(node);
        return [connection.address, connection];
      }),
    );
    return this.#byAddress.get(address);
  }

  #connectionOf(node: IoredisNode): IoredisConnection {
    const known = this.#connections.get(node);
    if (known !== undefined) return known;
    const prefix = this.#client.options.keyPrefix ?? '';
    const connection = new IoredisConnection(node, (node.options.keyPrefix ?? '') ? '' : prefix);
    this.#connections.set(node, connection);
    return connection;
  }

  /** Where the client reaches the server that the Cluster calls so. */
  #mapped(address: string): string {
    const { natMap } = this.#client.options;
    if (natMap === undefined || natMap === null) return address;
    const mapped: unknown =
      typeof natMap === 'function' ? natMap(address) : Reflect.get(Object(natMap), address);
    if (typeof mapped !== 'object' || mapped === null) return address;
    return `${Reflect.get(mapped, 'host')}:${Reflect.get(mapped, 'port')}`;
  }

  async #opened(): Promise<void> {
    const { status } = this.#client;
    if (status === 'ready') return;
    if (status !== 'wait') throw new NotConnected();
    await this.#client.connect().catch((error: unknown) => {
      throw new NotConnected(error);
    });
  }
}
