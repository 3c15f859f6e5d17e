/** For applications on Kysely: a dialect whose pool needs no request to check, and the schema as a migration. */
export { createDialect } from './connection/dialect.ts';
export type { PoolSize } from './connection/pool-size.ts';
export type { ConnectionSource } from './connection/source.ts';
export { type MigrationDatabase, migration, type SchemaMigration } from './schema/migration.ts';
