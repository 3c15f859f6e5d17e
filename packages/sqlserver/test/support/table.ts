import { schemaSql } from '@idem/sqlserver';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import type { Address } from './server.ts';
import { makeTable, type TestTable } from './table-on.ts';

/** Declares tests that need a server; without one each is skipped, with the reason. */
export function describeWithTable(title: string, tests: (table: TestTable) => void): void {
  const server = inject('sqlserver');
  if ('absent' in server) {
    describe.skip(`${title} (${server.absent})`, () => tests(unreachable()));
    return;
  }
  const made = makeTable(server);
  describe(title, () => {
    // The text of ensureSchema, which gives up after a minute: a server that is just up may take longer.
    beforeAll(() => made.query(schemaSql({ table: made.table })));
    afterAll(() => made.drop());
    tests(made);
  });
}

/** For tests that are skipped: they declare themselves, and touch nothing. */
export function unreachable(): TestTable {
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
    dropTable: refuse,
  };
}
