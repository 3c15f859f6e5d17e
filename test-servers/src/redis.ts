/** Redis servers for tests and benchmarks: whichever there is, or private processes on free ports. */

export { type ClusterOptions, RedisCluster } from './redis/cluster.ts';
export { locate, locateBinary, type Source } from './redis/locate.ts';
export { findRedis, type RedisServer, startRedis } from './redis/one-server.ts';
export { DURABLE, RedisProcess } from './redis/redis-process.ts';
export { SentinelGroup, type SentinelOptions } from './redis/sentinels.ts';
export { makeTlsFiles, type TlsFiles } from './redis/tls-files.ts';
export { freePort } from './shared/ports.ts';
export { until } from './shared/until.ts';
