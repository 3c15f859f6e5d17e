export type { RedisClient } from './client.ts';
export type { ConnectOptions } from './connect.ts';
export type { DiagnoseOptions } from './diagnose/diagnose.ts';
export type { Finding, FindingCode } from './diagnose/finding.ts';
export type { RedisStoreOptions, RedisStoreSettings, ReplicaOptions } from './options.ts';
export { RedisStore } from './redis-store.ts';
