import { glob, readFile, rm } from 'node:fs/promises';
import type { TestCounts } from './count-reporter.ts';

interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** How many were skipped for each reason. */
  readonly reasons: ReadonlyMap<string, number>;
}

const REPORTS = ['{packages,examples}/*/.test-report.json', 'tests/.test-report.json'];

export async function removeReports(): Promise<void> {
  for await (const path of glob(REPORTS)) await rm(path);
}

/** Adds up what every package's test run reported. */
export async function addUpReports(): Promise<Totals> {
  let passed = 0;
  let failed = 0;
  const reasons = new Map<string, number>();
  for await (const path of glob(REPORTS)) {
    const counts: TestCounts = JSON.parse(await readFile(path, 'utf8'));
    passed += counts.passed;
    failed += counts.failed;
    for (const reason of counts.skipped) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const skipped = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  return { passed, failed, skipped, reasons };
}
