import { glob, readFile, rm } from 'node:fs/promises';

interface Assertion {
  readonly status: string;
  readonly failureMessages?: readonly string[] | null;
  readonly meta?: { readonly skipReason?: string };
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly Assertion[];
  }[];
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly skipReasons: ReadonlyMap<string, number>;
}

const REPORTS = '{packages,examples,tests}{,/*}/.test-report.json';

export async function removeReports(): Promise<void> {
  for await (const path of glob(REPORTS)) await rm(path);
}

/** Adds up what every package's run reported; a test file that could not be loaded counts as one failure. */
export async function countReports(): Promise<Counts> {
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  const skipReasons = new Map<string, number>();
  for await (const path of glob(REPORTS)) {
    const report: Report = JSON.parse(await readFile(path, 'utf8'));
    for (const file of report.testResults) {
      if (file.status === 'failed' && file.assertionResults.length === 0) failed += 1;
      for (const { status, meta } of file.assertionResults) {
        if (status === 'passed') passed += 1;
        else if (status === 'failed') failed += 1;
        else {
          skipped += 1;
          const reason = meta?.skipReason ?? 'no reason given';
          skipReasons.set(reason, (skipReasons.get(reason) ?? 0) + 1);
        }
      }
    }
  }
  return { passed, failed, skipped, skipReasons };
}
