import { afterAll, beforeAll, describe, inject } from 'vitest';
import { makeTable, type TestTable } from './table-on.ts';

/** Declares tests that need a server; without one each is skipped, with the reason. */
export function describeWithTable(title: string, tests: (table: TestTable) => void): void {
  const server = inject('server');
  if ('absent' in server) {
    describe.skip(`${title} (${server.absent})`, () => tests(unreachable()));
    return;
  }
  const made = makeTable(server.url);
  describe(title, () => {
    beforeAll(async () => {
      await (await made.open()).ensureSchema();
    });
    afterAll(() => made.drop());
    tests(made);
  });
}

function unreachable(): TestTable {
  const refuse = (): never => {
    throw new Error('there is no server');
  };
  return {
    server: '',
    table: '',
    url: '',
    get pool(): TestTable['pool'] {
      return refuse();
    },
    open: refuse,
    query: refuse,
  };
}
