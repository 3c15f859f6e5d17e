import type { SqlRow } from '@idem/core/sql';

/** A query of postgres.js under way. */
export interface PostgresJsQuery extends PromiseLike<readonly SqlRow[]> {
  simple(): PostgresJsQuery;
  cancel(): unknown;
}

/** What `sql.begin(async (sql) => …)` of postgres.js hands out, as far as it is needed. */
export interface PostgresJsTransaction {
  unsafe(text: string, parameters?: never[], options?: { prepare?: boolean }): PostgresJsQuery;
}

/** What `postgres(url)` of postgres.js gives, as far as it is needed. */
export interface PostgresJs extends PostgresJsTransaction {
  readonly options: object;
}

export function isPostgresJs(sql: unknown): sql is PostgresJs {
  return typeof sql === 'function' && 'unsafe' in sql && 'begin' in sql && 'options' in sql;
}
