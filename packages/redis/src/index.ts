export type { DiagnoseOptions } from './diagnose/diagnose.ts';
export type { Finding, FindingCode } from './diagnose/finding.ts';
export type { RedisClient } from './driver/driver-of.ts';
export type { IoredisClient } from './driver/ioredis-parts.ts';
export type { NodeRedisClient } from './driver/node-redis-parts.ts';
export type {
  ConnectOptions,
  RedisStoreOptions,
  RedisStoreSettings,
  ReplicaOptions,
} from './options.ts';
export { RedisStore } from './redis-store.ts';
