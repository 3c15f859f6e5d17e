import { type Comparison, comparisonMarkdown } from './comparison.ts';
import { conclusionOf } from './conclusion.ts';
import { type ConformanceReport, gradesInOrder, type RuleResult } from './conformance-report.ts';
import { familyTable } from './conformance-table.ts';
import { printable } from './printable.ts';
import { tableRow } from './table-row.ts';

/** The report for a page: the families in a table, then what failed and what was skipped, with why. */
export function markdownReport(report: ConformanceReport, comparison?: Comparison): string {
  const { suite, seed, budget } = report;
  const store = printable(report.store);
  return [
    `# ${store}`,
    `${store} ${conclusionOf(report).replace('not', '**not**')} (suite ${suite}, seed ${seed}, budget ${budget}).`,
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
  return ['## Errors that nobody caught', ...uncaught.map((error) => `- ${printable(error)}`)];
}

function failure({ id, statement, reason }: RuleResult): string {
  const text = reason ?? '';
  // Longer than any row of backticks in it, or the reason would end its own block.
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return `**${id}**: ${statement}\n\n${fence}text\n${text}\n${fence}`;
}

function skip({ id, reason }: RuleResult): string {
  return `- \`${id}\`: ${printable(reason ?? '')}`;
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
