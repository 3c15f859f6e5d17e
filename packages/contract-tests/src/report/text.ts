import { conclusionOf } from './conclusion.ts';
import {
  type ConformanceReport,
  type Count,
  gradesInOrder,
  type RuleResult,
} from './conformance-report.ts';
import { printable } from './printable.ts';

const MARKS = { passed: '✓', failed: '✗', skipped: '-' } as const;

/** One rule for the terminal: a line, and below it why it failed or was skipped. */
export function ruleText({ verdict, id, statement, time, reason, slow }: RuleResult): string {
  const took = time === null ? '' : `  (${time} ms)`;
  const line = `${MARKS[verdict]} ${id}  ${statement}${took}`;
  if (slow !== null) return `${line}\n${indented(`suspiciously long: ${slow}`)}`;
  if (reason === null) return line;
  return `${line}\n${indented(verdict === 'skipped' ? `skipped: ${reason}` : reason)}`;
}

/** How many of each grade, and what that comes to. */
export function summaryText(report: ConformanceReport): string {
  const { store, suite, seed, budget } = report;
  const grades = gradesInOrder
    .map((grade) => `  ${grade.padEnd(12)} ${countText(report.grades[grade])}`)
    .join('\n');
  const slow = report.rules.filter((rule) => rule.slow !== null).length;
  return [
    grades,
    ...(slow === 0 ? [] : [`  ${slow} passed and took suspiciously long`]),
    ...report.uncaught.map((error) => `  an error that nobody caught: ${error}`),
    `${printable(store)} ${conclusionOf(report)} (suite ${suite}, seed ${seed}, budget ${budget}).`,
  ].join('\n');
}

/** The whole report for a terminal. */
export function textReport(report: ConformanceReport): string {
  return `${[...report.rules.map(ruleText), '', summaryText(report)].join('\n')}\n`;
}

function countText({ passed, failed, skipped }: Count): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
