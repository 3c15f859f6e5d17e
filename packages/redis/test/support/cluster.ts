export { type ClusterOptions, RedisCluster } from '@idem-workspace/test-servers/redis';
