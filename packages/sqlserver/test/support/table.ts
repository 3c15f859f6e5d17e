import { randomBytes } from 'node:crypto';
import { createDialect, dropSchemaSql, SqlServerStore } from '@idem/sqlserver';
import { CompiledQuery, Kysely } from 'kysely';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { configOf } from './config.ts';
import { type Address, type UrlOptions, urlOf } from './server.ts';

/** A table of its own on the tests' server, and ways to reach it. */
export interface TestTable {
  readonly address: Address;
  readonly table: string;
  readonly url: string;
  /** A Kysely instance as a user would have it. */
  readonly db: Kysely<unknown>;
  /** Opens a store with a pool of its own; closed after the tests. */
  open(options?: UrlOptions): Promise<SqlServerStore>;
  /** Sends T-SQL beside the store. */
  query<R>(text: string, parameters?: unknown[]): Promise<R[]>;
}

/** Declares tests that need a server; without one each is skipped, with the reason. */
export function describeWithTable(title: string, tests: (table: TestTable) => void): void {
  const server = inject('server');
  if ('absent' in server) {
    describe.skip(`${title} (${server.absent})`, () => tests(unreachable()));
    return;
  }
  const made = makeTable(server);
  describe(title, () => {
    beforeAll(async () => {
      await (await made.open()).ensureSchema();
    });
    afterAll(() => made.drop());
    tests(made);
  });
}

export function makeTable(address: Address): TestTable & { drop(): Promise<void> } {
  const table = `Idem_${randomBytes(6).toString('hex')}`;
  const db = new Kysely<unknown>({ dialect: createDialect(configOf(address)) });
  const stores: SqlServerStore[] = [];
  const query = async <R>(text: string, parameters: unknown[] = []): Promise<R[]> =>
    (await db.executeQuery<R>(CompiledQuery.raw(text, parameters))).rows;
  return {
    address,
    table,
    url: urlOf(address, table),
    db,
    open: async (options) => {
      const store = await SqlServerStore.connect(urlOf(address, table, options));
      stores.push(store);
      return store;
    },
    query,
    drop: async () => {
      await Promise.all(stores.map((store) => store.close()));
      await query(dropSchemaSql({ table }));
      await db.destroy();
    },
  };
}

function unreachable(): TestTable {
  const refuse = (): never => {
    throw new Error('there is no server');
  };
  return {
    get address(): Address {
      return refuse();
    },
    table: '',
    url: '',
    get db(): Kysely<unknown> {
      return refuse();
    },
    open: refuse,
    query: refuse,
  };
}
