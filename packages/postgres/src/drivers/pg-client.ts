import type { SqlRow } from '@idem/core/sql';

/** A query as `pg` takes it. */
export interface PgQuery {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
  /** Readers of the result, in place of those that the application has set. */
  readonly types?: { getTypeParser(oid: number): (text: string) => unknown };
}

/** A client of `pg`, as far as it is needed. */
export interface PgClient {
  query(query: PgQuery): Promise<{ readonly rows: readonly SqlRow[] }>;
  query(
    query: PgQuery,
    done: (error: unknown, result?: { readonly rows: readonly SqlRow[] }) => void,
  ): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeListener(event: 'error', listener: (error: Error) => void): unknown;
}

/** One that came from a pool. */
export interface PgPoolClient extends PgClient {
  release(error?: Error | boolean): void;
}

/** A `Pool` of `pg`, as far as it is needed. */
export interface PgPool {
  connect(done: (error: unknown, client?: PgPoolClient) => void): unknown;
  readonly totalCount: number;
  readonly idleCount: number;
}

export function isPgPool(pool: unknown): pool is PgPool {
  return hasAll(pool, ['connect', 'query', 'totalCount', 'idleCount']);
}

export function isPgClient(client: unknown): client is PgClient {
  return hasAll(client, ['query', 'on', 'removeListener', 'connection']);
}

/**
 * Where the client's session stands, as the server said with its last answer: `I`, in no transaction;
 * `T`, in one; `E`, in one that failed. Undefined where the client does not tell (pg before 8.17).
 */
export function transactionStatus(client: PgClient): string | undefined {
  const ask: unknown = Reflect.get(client, 'getTransactionStatus');
  const status: unknown = typeof ask === 'function' ? Reflect.apply(ask, client, []) : undefined;
  return typeof status === 'string' ? status : undefined;
}

function hasAll(value: unknown, names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}
