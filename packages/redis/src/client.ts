/** A `Redis` or a `Cluster` of ioredis, 5.4 or newer. */
export interface IoredisClient {
  readonly isCluster: boolean;
  readonly status: string;
  readonly options: {
    readonly keyPrefix?: string | undefined;
    readonly enableAutoPipelining?: boolean | undefined;
  };
}

/** A client, cluster, sentinel or pool of node-redis: `redis` 5 or 6. */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  sendCommand(...args: never[]): Promise<unknown>;
}

/** A client of the application, of either library. They are told apart by what they are. */
export type RedisClient = IoredisClient | NodeRedisClient;
