export { SentinelGroup } from '@idem-workspace/test-servers/redis';
