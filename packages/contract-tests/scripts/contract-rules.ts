import type { Family, Rule } from '@idem/contract-tests';

/** What each family is about, in the order in which the contract is told. */
const FAMILIES: Readonly<Record<Family, string>> = {
  'find-store': 'Finding and storing',
  claim: 'Claiming: outcomes, fences, takeovers',
  complete: 'Completing',
  release: 'Releasing',
  renew: 'Renewing',
  remove: 'Removing',
  inspect: 'Inspecting',
  watch: 'Watching',
  expiry: 'Expiry and leases',
  keys: 'Keys',
  values: 'Values',
  arguments: 'Arguments',
  cancellation: 'Cancellation',
  lifecycle: 'Opening and closing',
  repetition: 'Repetition after a lost reply',
  concurrency: 'Races',
  model: 'Sequences against the model',
  linearizability: 'Histories',
  faults: 'Faults of the connection',
  corruption: 'Foreign and damaged records',
  durability: 'Restarts',
};

/** The rules as Markdown: a table for each family. */
export function rulesAsMarkdown(rules: readonly Rule[]): string {
  const families = [...new Set(rules.map(({ family }) => family))];
  return families.map((family) => section(family, rules)).join('\n');
}

function section(family: Family, rules: readonly Rule[]): string {
  const rows = rules
    .filter((rule) => rule.family === family)
    .map((rule) => [`\`${rule.id}\``, statementOf(rule), gradeOf(rule)]);
  const table = aligned([['rule', 'what it demands', 'grade'], ...rows]);
  return [`### ${FAMILIES[family]}`, '', ...table, ''].join('\n');
}

/** The rows of a table, aligned as the formatter aligns them: the page is formatted like every other. */
function aligned(rows: readonly (readonly string[])[]): string[] {
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

function statementOf(rule: Rule): string {
  const reason = rule.grade === 'untested' ? ` _Untested: ${rule.reason}._` : '';
  return `${rule.statement}${reason}`.replaceAll('|', '\\|');
}

function gradeOf({ grade, needs }: Rule): string {
  return needs.length === 0 ? grade : `${grade}; needs ${needs.join(', ')}`;
}

const BEGIN =
  '<!-- The rules: written by `pnpm --filter @idem/contract-tests contract:docs`. -->\n';
const END = '<!-- The end of the rules. -->\n';

/** The page with its list of rules renewed. */
export function withRules(page: string, rules: readonly Rule[]): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error('The page has lost the marks around its rules.');
  const tested = rules.filter(({ grade }) => grade !== 'untested').length;
  const count = `${rules.length} rules, of which ${tested} are put to every store.\n`;
  const list = `\n${count}\n${rulesAsMarkdown(rules)}\n`;
  return page.slice(0, begin + BEGIN.length) + list + page.slice(end);
}
