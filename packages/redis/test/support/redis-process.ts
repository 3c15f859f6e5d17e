export { DURABLE, RedisProcess } from '@idem-workspace/test-servers/redis';
