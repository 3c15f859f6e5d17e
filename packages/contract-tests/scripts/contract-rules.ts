import type { Family, Rule } from '@idem/contract-tests';
import { aligned } from './aligned.ts';
import { matrixAsMarkdown } from './matrix.ts';

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
  tokens: 'Tokens',
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
  transactions: "The application's transactions",
};

/** The rules as Markdown: a table for each family. */
export function rulesAsMarkdown(rules: readonly Rule[]): string {
  const families = [...new Set(rules.map(({ family }) => family))];
  return families.map((family) => section(family, rules)).join('\n');
}

function section(family: Family, rules: readonly Rule[]): string {
  const rows = rules
    .filter((rule) => rule.family === family)
    .map((rule) => [`\`${rule.id}\``, statementOf(rule), cell(rule.why ?? ''), gradeOf(rule)]);
  const table = aligned([['rule', 'what it demands', 'why', 'grade'], ...rows]);
  return [`### ${FAMILIES[family]}`, '', ...table, ''].join('\n');
}

function statementOf(rule: Rule): string {
  const reason = rule.grade === 'untested' ? ` _Untested: ${rule.reason}._` : '';
  return cell(`${rule.statement}${reason}`);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function gradeOf({ grade, needs }: Rule): string {
  return needs.length === 0 ? grade : `${grade}; needs ${needs.join(', ')}`;
}

const RULES = marks('The rules');
const MATRIX = marks('The matrix');

function marks(what: string): { readonly begin: string; readonly end: string } {
  return {
    begin: `<!-- ${what}: written by \`pnpm --filter @idem/contract-tests contract:docs\`. -->\n`,
    end: `<!-- The end of ${what.toLowerCase()}. -->\n`,
  };
}

/** The page with its matrix and its list of rules renewed. */
export function withRules(page: string, rules: readonly Rule[]): string {
  const tested = rules.filter(({ grade }) => grade !== 'untested').length;
  const count = `${rules.length} rules, of which ${tested} are put to every store.\n`;
  const list = `\n${count}\n${rulesAsMarkdown(rules)}\n`;
  return between(between(page, MATRIX, `\n${matrixAsMarkdown(rules)}\n`), RULES, list);
}

function between(page: string, { begin, end }: ReturnType<typeof marks>, text: string): string {
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The page has lost its mark ${begin}`);
  return page.slice(0, from + begin.length) + text + page.slice(to);
}
