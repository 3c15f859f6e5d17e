import { printable } from './printable.ts';

/** A row of a Markdown table, on one line whatever stands in it. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => printable(cell).replaceAll('|', '\\|')).join(' | ')} |`;
}
