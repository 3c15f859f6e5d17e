import { CompiledQuery } from 'kysely';
import type { SchemaNames } from './names.ts';
import { dropSchemaSql, schemaSql } from './schema-sql.ts';

/** What Kysely hands to a migration, as far as it is needed. */
export interface MigrationDatabase {
  executeQuery(query: CompiledQuery): Promise<unknown>;
}

/** A migration as Kysely's `Migrator` takes it. */
export interface SchemaMigration {
  up(db: MigrationDatabase): Promise<void>;
  down(db: MigrationDatabase): Promise<void>;
}

/**
 * The schema as a Kysely migration, for those whose migrations are run by Kysely's `Migrator`. Throws
 * `IDEM_INVALID_OPTIONS`. `up` and `down` reject as the server does; `down` drops every record.
 */
export function migration(names: SchemaNames = {}): SchemaMigration {
  const up = schemaSql(names);
  const down = dropSchemaSql(names);
  return {
    up: async (db) => {
      await db.executeQuery(CompiledQuery.raw(up));
    },
    down: async (db) => {
      await db.executeQuery(CompiledQuery.raw(down));
    },
  };
}
