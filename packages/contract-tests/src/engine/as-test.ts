import type { Passed, Verdict } from './verdict.ts';

/**
 * The verdict as a test runner should show it. A rule that is only recommended is new in this minor
 * version: it must not break the tests of an adapter that was not touched, so where it is broken it
 * is shown as skipped, with all that was seen.
 */
export function asTest(verdict: Verdict): TestOutcome {
  if (verdict.outcome !== 'failed') return verdict;
  if (verdict.rule.grade !== 'recommended') return verdict;
  const reason = `recommended, to be required in the next minor, and broken:\n${verdict.error.message}`;
  return { outcome: 'skipped', reason };
}

export type TestOutcome =
  | Passed
  | { readonly outcome: 'failed'; readonly error: Error }
  | { readonly outcome: 'skipped'; readonly reason: string };
