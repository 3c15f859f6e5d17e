import { afterAll, beforeAll, describe, inject } from 'vitest';
import type { NoServer } from './find-server.ts';
import { makeTable, type TestTable } from './table-on.ts';

interface Server {
  readonly url: string;
  /** Of one that nobody else uses, and that ends with these tests. */
  close?(): Promise<void>;
}

/**
 * Declares tests that need a server; without one each is skipped, with the reason.
 *
 * @param server by default the one of all files
 */
export function describeWithTable(
  title: string,
  tests: (table: TestTable) => void,
  server: Server | NoServer = inject('postgres'),
): void {
  if ('absent' in server) {
    describe.skip(`${title} (${server.absent})`, () => tests(unreachable()));
    return;
  }
  const made = makeTable(server.url);
  describe(title, () => {
    beforeAll(async () => {
      await (await made.open()).ensureSchema();
    });
    afterAll(async () => {
      await made.drop();
      await server.close?.();
    });
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
