/** The rows of a table, aligned as the formatter aligns them: the page is formatted like every other. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const [head = []] = rows;
  const widths = head.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[], pad: string): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0, pad)).join(' | ')} |`;
  const [first = '', ...rest] = rows.map((row) => line(row, ' '));
  return [
    first,
    line(
      head.map(() => ''),
      '-',
    ),
    ...rest,
  ];
}
