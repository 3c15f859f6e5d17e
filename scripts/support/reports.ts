import { glob, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { TestCounts } from './count-reporter.ts';

interface Totals {
  readonly passed: number;
  readonly failures: readonly string[];
  readonly skipped: number;
  /** How many were skipped for each reason. */
  readonly reasons: ReadonlyMap<string, number>;
}

const REPORTS = ['{packages,examples}/*/.test-report.json', '*/.test-report.json'];

/** Removes what earlier runs left, the conformance reports too: nothing old is ever counted. */
export async function removeReports(): Promise<void> {
  const old = [...REPORTS, 'packages/*/.conformance*.json', 'tests/.conformance*.json'];
  for await (const path of glob(old)) await rm(path);
}

/** Adds up what every package's test run reported. */
export async function addUpReports(): Promise<Totals> {
  let passed = 0;
  const failures: string[] = [];
  const reasons = new Map<string, number>();
  for await (const path of glob(REPORTS)) {
    const counts: TestCounts = JSON.parse(await readFile(path, 'utf8'));
    passed += counts.passed;
    for (const failure of counts.failures) failures.push(`${dirname(path)}: ${failure}`);
    for (const reason of counts.skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const skipped = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  return { passed, failures, skipped, reasons };
}
