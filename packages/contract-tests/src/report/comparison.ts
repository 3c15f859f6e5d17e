import type { ConformanceReport, RuleResult } from './conformance-report.ts';

/** What changed from an earlier report of a store to a later one. */
export interface Comparison {
  readonly earlier: ConformanceReport;
  /** Broken now, and not before: kept, skipped or not there. */
  readonly broken: readonly RuleResult[];
  /** Kept now, and broken before. */
  readonly mended: readonly RuleResult[];
  /** Skipped now, and tried before: less is proven than was. */
  readonly noLongerTried: readonly RuleResult[];
  /** Tried now and kept, and skipped before. */
  readonly nowTried: readonly RuleResult[];
  /** Rules that the earlier report does not know. */
  readonly added: readonly RuleResult[];
  /** Ids of rules that the later report does not have. */
  readonly gone: readonly string[];
  /** Suspiciously long now, and not before. */
  readonly slower: readonly RuleResult[];
}

/** Compares rule by rule, by id. What the later run was not asked for is not gone. */
export function compareReports(earlier: ConformanceReport, later: ConformanceReport): Comparison {
  const before = new Map(earlier.rules.map((rule) => [rule.id, rule]));
  const now = new Set(later.rules.map(({ id }) => id));
  const went = (from: RuleResult['verdict'] | undefined, to: RuleResult['verdict']): RuleResult[] =>
    later.rules.filter(({ id, verdict }) => verdict === to && before.get(id)?.verdict === from);
  return {
    earlier,
    broken: later.rules.filter(
      ({ id, verdict }) => verdict === 'failed' && before.get(id)?.verdict !== 'failed',
    ),
    mended: went('failed', 'passed'),
    noLongerTried: [...went('passed', 'skipped'), ...went('failed', 'skipped')],
    nowTried: went('skipped', 'passed'),
    added: later.rules.filter(({ id }) => !before.has(id)),
    gone: later.notAsked > 0 ? [] : earlier.rules.map(({ id }) => id).filter((id) => !now.has(id)),
    slower: later.rules.filter(
      ({ id, slow }) => slow !== null && (before.get(id)?.slow ?? null) === null,
    ),
  };
}

/** The comparison for a terminal. */
export function comparisonText(comparison: Comparison): string {
  const lines = sections(comparison).flatMap(([title, entries]) => [
    `  ${title}: ${entries.length}`,
    ...entries.map((entry) => `    ${entry}`),
  ]);
  return [headline(comparison), ...lines].join('\n');
}

/** The same as a section of a page. */
export function comparisonMarkdown(comparison: Comparison): string {
  const lists = sections(comparison).flatMap(([title, entries]) => [
    `### ${title}`,
    entries.map((entry) => `- \`${entry}\``).join('\n'),
  ]);
  return ['## Since the earlier report', headline(comparison), ...lists].join('\n\n');
}

function headline({ earlier, ...changes }: Comparison): string {
  const { store, contract, suite } = earlier;
  const than = `the report of ${store} by suite ${suite} (contract ${contract})`;
  const same = Object.values(changes).every((entries) => entries.length === 0);
  return same ? `Nothing changed since ${than}.` : `Since ${than}:`;
}

function sections(comparison: Comparison): readonly (readonly [string, readonly string[]])[] {
  const ids = (rules: readonly RuleResult[]): string[] => rules.map(({ id }) => id);
  const all = [
    ['Newly broken', ids(comparison.broken)],
    ['Mended', ids(comparison.mended)],
    ['No longer tried', ids(comparison.noLongerTried)],
    ['Tried now, and kept', ids(comparison.nowTried)],
    ['New rules', ids(comparison.added)],
    ['Rules that are gone', comparison.gone],
    ['Suspiciously long, and not before', ids(comparison.slower)],
  ] as const;
  return all.filter(([, entries]) => entries.length > 0);
}
