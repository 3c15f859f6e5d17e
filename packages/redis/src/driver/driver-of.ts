import { IdempotencyError } from '@idem/core';
import type { Driver } from './driver.ts';
import { IoredisClusterDriver } from './ioredis-cluster-driver.ts';
import { IoredisDriver } from './ioredis-driver.ts';
import { isIoredisCluster, isIoredisNode } from './ioredis-parts.ts';
import { NodeRedisClusterDriver } from './node-redis-cluster-driver.ts';
import { NodeRedisDriver } from './node-redis-driver.ts';
import {
  isNodeRedisCluster,
  isNodeRedisNode,
  isNodeRedisPool,
  isNodeRedisSentinel,
} from './node-redis-parts.ts';

/** Tells the clients apart by what they are. Refuses, with `IDEM_INVALID_OPTIONS`, what is none. */
export function driverOf(client: unknown): Driver {
  if (isIoredisCluster(client)) return new IoredisClusterDriver(client);
  if (isIoredisNode(client)) return new IoredisDriver(client);
  if (isNodeRedisCluster(client)) return new NodeRedisClusterDriver(client);
  if (isNodeRedisSentinel(client)) return NodeRedisDriver.ofSentinel(client);
  if (isNodeRedisPool(client)) return NodeRedisDriver.ofPool(client);
  if (isNodeRedisNode(client)) return NodeRedisDriver.ofClient(client);
  throw new IdempotencyError(
    'IDEM_INVALID_OPTIONS',
    'The option client must be a Redis or a Cluster of ioredis, or a client, cluster, sentinel or pool of node-redis; for a URL there is RedisStore.connect(url).',
  );
}
