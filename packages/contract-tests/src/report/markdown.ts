import type { ConformanceReport, RuleResult } from './conformance-report.ts';
import { familyTable } from './conformance-table.ts';
import { tableRow } from './table-row.ts';

/** The report for a page: the families in a table, then what failed and what was skipped, with why. */
export function markdownReport(report: ConformanceReport): string {
  const { store, contract, conforms, seed, budget } = report;
  const verdict = conforms ? 'conforms to' : 'does **not** conform to';
  return [
    `# ${store}`,
    `${store} ${verdict} version ${contract} of the store contract (seed ${seed}, budget ${budget}).`,
    familyTable([report]),
    ...section('Failed', report, 'failed'),
    ...section('Skipped', report, 'skipped'),
    ...slow(report),
    ...uncaught(report),
    '## Rules',
    rulesTable(report.rules),
    '',
  ].join('\n\n');
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
