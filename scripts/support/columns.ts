/** The cells of a Markdown table by the heading of their column: `@idem/memory` → `['8/8', …]`. */
export function columnsOf(table: string): Map<string, readonly string[]> {
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.includes('| --- |'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const [headings = [], ...body] = rows;
  return new Map(headings.map((heading, at) => [heading, body.map((row) => row[at] ?? '')]));
}
