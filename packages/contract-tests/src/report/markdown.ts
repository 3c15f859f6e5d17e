import { type Comparison, comparisonMarkdown } from './comparison.ts';
import { type ConformanceReport, gradesInOrder, type RuleResult } from './conformance-report.ts';
import { familyTable } from './conformance-table.ts';
import { tableRow } from './table-row.ts';

/** The report for a page: the families in a table, then what failed and what was skipped, with why. */
export function markdownReport(report: ConformanceReport, comparison?: Comparison): string {
  const { store, contract, suite, conforms, seed, budget } = report;
  const verdict = conforms ? 'conforms to' : 'does **not** conform to';
  return [
    `# ${store}`,
    `${store} ${verdict} version ${contract} of the store contract (suite ${suite}, seed ${seed}, budget ${budget}).`,
    gradesTable(report),
    familyTable([report]),
    ...(comparison === undefined ? [] : [comparisonMarkdown(comparison)]),
    ...section('Failed', report, 'failed'),
    ...section('Skipped', report, 'skipped'),
    ...slow(report),
    ...uncaught(report),
    '## Rules',
    rulesTable(report.rules),
    '',
  ].join('\n\n');
}

function gradesTable({ grades }: ConformanceReport): string {
  const rows = gradesInOrder.map((grade) => {
    const { passed, failed, skipped } = grades[grade];
    return tableRow([grade, ...[passed, failed, skipped].map(String)]);
  });
  return [
    tableRow(['grade', 'passed', 'failed', 'skipped']),
    tableRow(Array(4).fill('---')),
    ...rows,
  ].join('\n');
}

function section(
  title: string,
  { rules }: ConformanceReport,
  verdict: RuleResult['verdict'],
): string[] {
  const found = rules.filter((rule) => rule.verdict === verdict);
  if (found.length === 0) return [];
  return [`## ${title}`, ...found.map(verdict === 'failed' ? failure : skip)];
}

function slow({ rules }: ConformanceReport): string[] {
  const found = rules.filter((rule) => rule.slow !== null);
  if (found.length === 0) return [];
  const lines = found.map((rule) => `- \`${rule.id}\`: ${rule.slow}`);
  return ['## Passed, and suspiciously long', ...lines];
}

function uncaught({ uncaught }: ConformanceReport): string[] {
  if (uncaught.length === 0) return [];
  return ['## Errors that nobody caught', ...uncaught.map((error) => `- ${error}`)];
}

function failure({ id, statement, reason }: RuleResult): string {
  return `**${id}**: ${statement}\n\n\`\`\`text\n${reason ?? ''}\n\`\`\``;
}

function skip({ id, reason }: RuleResult): string {
  return `- \`${id}\`: ${reason ?? ''}`;
}

function rulesTable(rules: readonly RuleResult[]): string {
  const rows = rules.map(({ id, grade, statement, verdict, time }) =>
    tableRow([`\`${id}\``, statement, grade, verdict, time === null ? '' : `${time} ms`]),
  );
  return [
    tableRow(['rule', 'statement', 'grade', 'verdict', 'time']),
    tableRow(Array(5).fill('---')),
    ...rows,
  ].join('\n');
}
