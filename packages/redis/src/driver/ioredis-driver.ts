import { type Connection, type Driver, NotConnected } from './driver.ts';
import { IoredisConnection } from './ioredis-connection.ts';
import type { IoredisNode } from './ioredis-parts.ts';

/** A `Redis` of ioredis: one server, or the master that Sentinel names. */
export class IoredisDriver implements Driver {
  readonly isCluster = false;
  readonly #client: IoredisNode;
  readonly #connection: IoredisConnection;

  constructor(client: IoredisNode) {
    this.#client = client;
    this.#connection = new IoredisConnection(client);
  }

  get hasEnded(): boolean {
    return this.#client.status === 'end';
  }

  serverKey(key: string): string {
    return `${this.#client.options.keyPrefix ?? ''}${key}`;
  }

  use<T>(key: string, work: (connection: Connection) => Promise<T>): Promise<T> {
    const connection = this.#connection;
    if (this.#client.status !== 'ready') return connection.opened().then(() => this.use(key, work));
    if (connection.isInDatabase) return work(connection);
    return connection.selectDatabase().then(() => this.use(key, work));
  }

  useAt<T>(): Promise<T> {
    return Promise.reject(new NotConnected());
  }

  relearn(): void {}

  async replicas(): Promise<readonly Connection[]> {
    return [];
  }

  async masters(): Promise<readonly Connection[]> {
    await this.#connection.opened();
    return [this.#connection];
  }
}
