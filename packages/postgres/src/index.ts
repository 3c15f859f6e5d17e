export type {
  PurgeIntervalOptions,
  PurgeOptions,
  SqlChannel,
  SqlParameter,
  SqlRequest,
  SqlRow,
  TransactionAdapter,
} from '@idem/core/sql';
export type { ConnectOptions, Server } from './connection/connect.ts';
export type { PgPoolConfig } from './connection/url.ts';
export type { Finding, FindingCode } from './diagnose/finding.ts';
export type { PgClient, PgPool } from './drivers/pg-client.ts';
export type { PgTransaction } from './drivers/pg-transactions.ts';
export type { PostgresJs, PostgresJsTransaction } from './drivers/postgres-js-client.ts';
export type {
  KnownPool,
  OnDriver,
  OnPool,
  PostgresSettings,
  PostgresStoreOptions,
  WithTransactions,
} from './options.ts';
export { PostgresStore } from './postgres-store.ts';
export { type GrantOptions, grantSql } from './schema/grants.ts';
export type { SchemaNames } from './schema/names.ts';
export { dropSchemaSql, schemaSql } from './schema/schema-sql.ts';
export type { PostgresTransactionStore } from './transaction-store.ts';
