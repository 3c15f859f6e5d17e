import type { SqlRow } from '@idem/core/sql';

/** A query as `pg` takes it. */
export interface PgQuery {
  readonly name?: string;
  readonly text: string;
  readonly values?: unknown[];
  /** Readers of the result, in place of those that the application has set. */
  readonly types?: { getTypeParser(oid: number): (text: string) => unknown };
}

export interface PgResult {
  readonly rows: readonly SqlRow[];
}

export type PgDone = (error: unknown, result?: PgResult) => void;

/** What a client of `pg` tells of the columns of a result. */
export interface PgMessage {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** The protocol's messages, as a client of `pg` hands them to what it submits. */
export interface PgWire {
  readonly stream: {
    readonly writable: boolean;
    write(message: Buffer): unknown;
    cork(): void;
    uncork(): void;
  };
  /** By name, of those that this session has prepared. */
  readonly parsedStatements: Readonly<Record<string, string>>;
  parse(statement: { readonly name: string; readonly text: string }): void;
  bind(portal: { readonly statement: string; readonly values: readonly unknown[] }): void;
  describe(what: { readonly type: 'P'; readonly name: string }): void;
  execute(portal: object): void;
  sync(): void;
}

/** What stands in a client's queue in place of a query; a client calls what begins with `handle`. */
export interface PgSubmittable {
  readonly name: string | undefined;
  readonly text: string;
  callback: PgDone | undefined;
  submit(wire: PgWire): Error | undefined;
  handleError(error: unknown): void;
  handleReadyForQuery(): void;
}

/** A client of `pg`, as far as it is needed. */
export interface PgClient {
  query(query: PgQuery): Promise<PgResult>;
  query(query: PgQuery | PgSubmittable, done: PgDone): unknown;
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

/** Whether the client takes what submits itself; one that pipelines its queries does not. */
export function takesSubmittables(client: PgClient): boolean {
  const wire: unknown = Reflect.get(client, 'connection');
  const isPipelining = Reflect.get(client, 'pipeline') === true;
  return (
    !isPipelining &&
    hasAll(wire, ['parse', 'bind', 'describe', 'execute', 'sync', 'stream', 'parsedStatements'])
  );
}

function hasAll(value: unknown, names: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && names.every((name) => name in value);
}
