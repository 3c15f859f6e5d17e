/** What postgres.js answers to a raw query: a row is the bytes of its columns. */
export interface PostgresJsAnswer extends Iterable<readonly (Buffer | null)[]> {
  readonly columns?: readonly { readonly name: string; readonly type: number }[];
}

/** A raw query of postgres.js, which is handed to a connection when it is first awaited. */
export interface PostgresJsRawQuery extends PromiseLike<PostgresJsAnswer> {}

/** A query of postgres.js before it is sent. */
export interface PostgresJsQuery {
  simple(): PostgresJsQuery;
  raw(): PostgresJsRawQuery;
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
