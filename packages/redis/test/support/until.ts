export { until } from '@idem-workspace/test-servers/redis';
