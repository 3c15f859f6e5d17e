import type { ConformanceReport } from './conformance-report.ts';

/** Reads a JSON report that a run wrote; throws when it is none, or one of a later shape. */
export function readReport(json: string): ConformanceReport {
  const report: unknown = JSON.parse(json);
  if (isReport(report)) {
    // Reports of before there were these fields lack them.
    const rules = report.rules.map((rule) => ({ ...rule, slow: rule.slow ?? null }));
    return {
      ...report,
      suite: report.suite ?? 'unknown',
      uncaught: report.uncaught ?? [],
      notAsked: report.notAsked ?? 0,
      lacking: report.lacking ?? [],
      rules,
    };
  }
  throw new Error('This is no conformance report in format 1; write one with --format json.');
}

function isReport(report: unknown): report is ConformanceReport {
  return (
    typeof report === 'object' &&
    report !== null &&
    'format' in report &&
    report.format === 1 &&
    'store' in report &&
    typeof report.store === 'string' &&
    'rules' in report &&
    Array.isArray(report.rules) &&
    report.rules.every(isRule)
  );
}

const VERDICTS: readonly unknown[] = ['passed', 'failed', 'skipped'];

function isRule(rule: unknown): boolean {
  return (
    typeof rule === 'object' &&
    rule !== null &&
    'id' in rule &&
    typeof rule.id === 'string' &&
    'verdict' in rule &&
    VERDICTS.includes(rule.verdict)
  );
}
