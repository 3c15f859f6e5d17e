/**
 * Writes the README's conformance table from the JSON reports that the adapters' contract tests
 * leave, and the scores of `mutation/scores.json`. With `--check`, compares instead: a store that could not be run here is named and passed
 * over, and so is one that was tried with fewer abilities (a server that tests must not restart).
 * `--only <folder>` compares what the tests of that package left.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { byFamily, type ConformanceReport, familyTable, readReport } from '@idem/contract-tests';
import { columnsOf } from './support/columns.ts';
import { replaceBetween, textBetween } from './support/marked-text.ts';
import { mutationTable } from './support/mutation-table.ts';

const README = 'README.md';
const MARK = 'conformance';
const MUTATION = 'mutation';
const REPORTS: readonly string[] = [
  'packages/memory/.conformance.json',
  'packages/redis/.conformance-standalone.json',
  'packages/redis/.conformance-sentinel.json',
  'packages/redis/.conformance-cluster.json',
  'packages/postgres/.conformance.json',
  'packages/sqlserver/.conformance.json',
  'tests/.conformance-sqlite.json',
];

const { values } = parseArgs({
  options: { check: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});
const paths = REPORTS.filter((path) => path.startsWith(values.only));
const reports = (await Promise.all(paths.map(read))).filter((report) => report !== undefined);
const readme = await readFile(README, 'utf8');

if (values.check) {
  const printed = columnsOf(textBetween(readme, MARK));
  const stale = reports.filter((report) => !isCurrent(report, printed));
  for (const { store } of stale)
    console.log(`The README's conformance table is not current for ${store}.`);
  const scores = textBetween(readme, MUTATION) === (await mutationTable());
  if (!scores) console.log('The README has other scores than mutation/scores.json.');
  if (stale.length > 0 || !scores) console.log('Run: pnpm conformance');
  process.exitCode = stale.length > 0 || !scores ? 1 : 0;
} else if (reports.length < REPORTS.length) {
  console.log(
    'Not every store was run, so the table would lose columns; run `pnpm test` and `pnpm --filter @idem/redis contracts` with all servers first.',
  );
  // The scores come from a file that is always there.
  await writeFile(README, replaceBetween(readme, MUTATION, await mutationTable()));
  process.exitCode = 1;
} else {
  const renewed = replaceBetween(readme, MARK, familyTable(reports));
  await writeFile(README, replaceBetween(renewed, MUTATION, await mutationTable()));
}

function isCurrent(
  report: ConformanceReport,
  printed: ReadonlyMap<string, readonly string[]>,
): boolean {
  const { store } = report;
  const was = printed.get(store);
  const is = columnsOf(familyTable([report])).get(store);
  if (was === undefined || is === undefined) return false;
  // Of another number of rules the table says nothing, however many were skipped.
  if (rulesIn(was) !== rulesIn(is)) return false;
  const skipped = byFamily(report).reduce((sum, family) => sum + family.skipped, 0);
  if (skipped > skippedIn(was)) {
    console.log(
      `${store}: ${skipped} rules were skipped here, more than the table says; not compared`,
    );
    return true;
  }
  return was.join() === is.join();
}

/** The last cell sums up the column: `360/371 (11 skipped)`. */
function rulesIn(column: readonly string[]): number {
  return Number(/\/(\d+)/.exec(column.at(-1) ?? '')?.[1] ?? 0);
}

/** As `rulesIn`. */
function skippedIn(column: readonly string[]): number {
  return Number(/(\d+) skipped/.exec(column.at(-1) ?? '')?.[1] ?? 0);
}

async function read(path: string): Promise<ConformanceReport | undefined> {
  try {
    return readReport(await readFile(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    console.log(`${path}: not there; that store was not run here`);
    return undefined;
  }
}
