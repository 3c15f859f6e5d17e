import { type Rule, rules } from '@idem/contract-tests';

/** What the broken fixture is asked: enough to see failures beside passes. */
export const rulesOfTheFixture: readonly Rule[] = rules.filter(
  ({ family }) => family === 'claim' || family === 'find-store',
);
