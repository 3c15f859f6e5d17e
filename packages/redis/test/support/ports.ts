export { freePort } from '@idem-workspace/test-servers/redis';
