export type { Expectations } from './engine/expectations.ts';
export { Gate } from './engine/gate.ts';
export { chooseSeed } from './engine/random.ts';
export { type RunOptions, reasonToSkip, runRule } from './engine/run-rule.ts';
export { gateFor, isExclusive, runRules, type SuiteOptions } from './engine/run-rules.ts';
export type { Failed, Passed, Skipped, Verdict } from './engine/verdict.ts';
export {
  type Ability,
  type AbilityName,
  type Absent,
  absent,
  type BackendClock,
  type Crashed,
  type DamagedPart,
  type FaultyConnection,
  type HangingBackend,
  type Harness,
  isAbsent,
  type ProcessClients,
  type RecordPlanter,
} from './harness.ts';
export type {
  ApplicationTransactions,
  BoundStore,
  OpenTransaction,
  Savepoint,
  TransactionalClient,
} from './harness-transactions.ts';
export { type Badge, badgeOf, shieldsBadge, svgBadge } from './report/badge.ts';
export {
  type Comparison,
  compareReports,
  comparisonMarkdown,
  comparisonText,
} from './report/comparison.ts';
export {
  type ConformanceReport,
  type Count,
  conformanceReport,
  type RuleResult,
  type RunDescription,
} from './report/conformance-report.ts';
export { byFamily, type FamilyCount, familyTable } from './report/conformance-table.ts';
export { markdownReport } from './report/markdown.ts';
export { readReport } from './report/read.ts';
export { textReport } from './report/text.ts';
export type {
  Budget,
  Family,
  Grade,
  Rule,
  RuleContext,
  TestedRule,
  UntestedRule,
} from './rule.ts';
export { rules } from './rules/index.ts';
export { RuleSkipped } from './skip.ts';
export { CONTRACT_VERSION, SUITE_VERSION } from './version.ts';
