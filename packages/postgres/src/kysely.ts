/** For applications on Kysely. */
export {
  type KyselyConnection,
  type KyselyPlace,
  kyselyPool,
  kyselyTransactions,
} from './drivers/kysely.ts';
export { type MigrationDatabase, migration, type SchemaMigration } from './schema/migration.ts';
