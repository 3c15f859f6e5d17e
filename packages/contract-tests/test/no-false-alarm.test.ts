import { rules, runRules } from '@idem/contract-tests';
import { expect, test } from 'vitest';
import { memoryHarness, runningHarness } from './broken/kit/broken-store.ts';

// `pnpm soak` runs it two hundred times with every core busy.
for (const run of [1, 2]) {
  test(`a store with no mistake raises no alarm, run ${run} of 2`, async () => {
    const alarms: string[] = [];
    let seen = 0;
    for (const harness of [memoryHarness('driven'), runningHarness('running')]) {
      for await (const verdict of runRules(harness, { seed: run })) {
        seen += 1;
        if (verdict.outcome === 'failed') alarms.push(verdict.error.message);
      }
    }
    expect(alarms).toEqual([]);
    expect(seen).toBe(2 * rules.length);
  });
}
