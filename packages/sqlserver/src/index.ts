export type {
  PurgeIntervalOptions,
  PurgeOptions,
  SqlChannel,
  SqlParameter,
  SqlRequest,
  SqlRow,
  TransactionAdapter,
} from '@idem/core/sql';
export type { KyselyPlace } from './client/kysely.ts';
export type { ConnectOptions, ConnectWith } from './connection/connect.ts';
export type { ConnectionSource } from './connection/source.ts';
export type {
  KyselyDatabase,
  OnKysely,
  OnKyselyWith,
  OnPool,
  SqlServerSettings,
  SqlServerStoreOptions,
  WithTransactions,
} from './options.ts';
export type { PurgeBacklog, PurgeBacklogOptions } from './purge-backlog.ts';
export { type GrantOptions, grantSql } from './schema/grants.ts';
export type { SchemaNames } from './schema/names.ts';
export { dropSchemaSql, schemaSql } from './schema/schema-sql.ts';
export { SqlServerStore } from './sql-server-store.ts';
export type { SqlServerTransactionStore } from './transaction-store.ts';
