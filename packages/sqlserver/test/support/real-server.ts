import { describe, inject } from 'vitest';
import { describeWithTable, unreachable } from './table.ts';
import type { TestTable } from './table-on.ts';

export interface OnRealServer {
  /** Why Babelfish cannot show it; without it, it runs there too. */
  readonly notOnBabelfish?: string;
  /** It takes minutes: only with `IDEM_TEST_BUDGET=long`, as `pnpm --filter @idem/sqlserver real-server` sets it. */
  readonly long?: true;
}

export const LONG: boolean = process.env['IDEM_TEST_BUDGET'] === 'long';

/** True on Babelfish, which stands in for SQL Server as far as it goes. */
export function onBabelfish(): boolean {
  const server = inject('sqlserver');
  return !('absent' in server) && server.babelfish;
}

/** One point of the list for a real server; skipped, with the reason, where there is none. */
export function describeOnRealServer(
  title: string,
  { notOnBabelfish, long }: OnRealServer,
  tests: (table: TestTable) => void,
): void {
  if (notOnBabelfish !== undefined && onBabelfish()) {
    describe.skip(`${title} (${notOnBabelfish})`, () => tests(unreachable()));
  } else if (long && !LONG) {
    describe.skip(`${title} (takes minutes; runs with IDEM_TEST_BUDGET=long)`, () =>
      tests(unreachable()));
  } else {
    describeWithTable(title, tests);
  }
}
