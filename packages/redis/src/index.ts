export type { IoredisClient, NodeRedisClient, RedisClient } from './client.ts';
export type { DiagnoseOptions, Finding, FindingCode } from './diagnose/finding.ts';
export type {
  ConnectOptions,
  RedisStoreOptions,
  RedisStoreSettings,
  ReplicaOptions,
} from './options.ts';
export { RedisStore } from './redis-store.ts';
export type { ReplayCacheOptions } from './replay-cache/options.ts';
