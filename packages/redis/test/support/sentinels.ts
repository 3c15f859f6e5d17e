export { SentinelGroup, type SentinelOptions } from '@idem-workspace/test-servers/redis';
