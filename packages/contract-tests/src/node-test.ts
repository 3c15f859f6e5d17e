import { after, before, describe, test } from 'node:test';
import { ContractRun, type ContractRunOptions } from './engine/contract-run.ts';
import type { HarnessSource } from './harness-source.ts';

export type { HarnessSource };

export type DescribeOptions = ContractRunOptions;

/**
 * Declares one node:test test for each rule of the contract. Rules that need what the harness lacks
 * are shown as skipped with the reason; with no harness at all, every rule is. The harness is
 * closed after the last rule.
 */
export function describeStoreContract(source: HarnessSource, options: DescribeOptions = {}): void {
  const run = new ContractRun(source, options);

  describe(run.title, { concurrency: true }, () => {
    before(() => run.start());
    after(() => run.close());

    for (const rule of run.rules) {
      test(`${rule.id}: ${rule.statement}`, async (task) => {
        const outcome = await run.put(rule);
        if (outcome.outcome === 'failed') throw outcome.error;
        if (outcome.outcome === 'skipped') task.skip(outcome.reason);
      });
    }
  });
}
