import type { Family } from '../rule.ts';
import { type ConformanceReport, type Count, count } from './conformance-report.ts';
import { tableRow } from './table-row.ts';

/** How a store did in one family of rules. */
export interface FamilyCount extends Count {
  readonly family: Family;
  readonly total: number;
}

/** Passed, failed and skipped by family, in the order of the report. */
export function byFamily({ rules }: ConformanceReport): FamilyCount[] {
  const families = [...new Set(rules.map(({ family }) => family))];
  return families.map((family) => {
    const inFamily = rules.filter((rule) => rule.family === family);
    return { family, ...count(inFamily), total: inFamily.length };
  });
}

/**
 * A Markdown table of families by stores, short enough for a README: `12/12` where every rule
 * passed, `10/12 (2 skipped)` where some could not be tried. Without times, so that it changes only
 * when what was found does.
 */
export function familyTable(reports: readonly ConformanceReport[]): string {
  const counts = reports.map(byFamily);
  const families = [...new Set(counts.flatMap((stores) => stores.map(({ family }) => family)))];
  const rows = families.map((family) =>
    tableRow([
      family,
      ...counts.map((stores) => cell(stores.find((one) => one.family === family))),
    ]),
  );
  const totals = reports.map((report) =>
    cell({ ...count(report.rules), total: report.rules.length }),
  );
  return [
    tableRow(['rules on', ...reports.map(({ store }) => store)]),
    tableRow(['---', ...reports.map(() => '---')]),
    ...rows,
    tableRow(['**all**', ...totals.map((total) => `**${total}**`)]),
  ].join('\n');
}

function cell(counted: (Count & { readonly total: number }) | undefined): string {
  if (counted === undefined) return '';
  const { passed, failed, skipped, total } = counted;
  const notes = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  return `${passed}/${total}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`;
}
