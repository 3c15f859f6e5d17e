import { type Harness, type Rule, rules } from '@idem/contract-tests';
import { memoryHarness } from '../broken/kit/broken-store.ts';
import { ReferenceStore } from '../broken/kit/reference-store.ts';

class Forgetful extends ReferenceStore {
  protected override async doStore(): Promise<void> {}
}

/** A store that keeps nothing; says so when it is closed. */
export function forgetful(): Harness {
  return {
    ...memoryHarness('a forgetful store', Forgetful),
    close: async () => console.log('the forgetful store is closed'),
  };
}

/** What it is asked: enough to see failures, passes and skips side by side. */
export const asked: readonly Rule[] = rules.filter(
  ({ family }) => family === 'claim' || family === 'find-store',
);
