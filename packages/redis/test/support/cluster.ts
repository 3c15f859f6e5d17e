export { RedisCluster } from '@idem-workspace/test-servers/redis';
