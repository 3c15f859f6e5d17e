import { afterAll, beforeAll, describe, test } from 'vitest';
import { ContractRun, type ContractRunOptions } from './engine/contract-run.ts';
import type { HarnessSource } from './harness-source.ts';

export type { HarnessSource };

export interface DescribeOptions extends ContractRunOptions {
  /** Milliseconds that the harness may take to start; by default ten minutes, for servers that must be fetched. */
  readonly startTimeout?: number | undefined;
}

/**
 * Declares one vitest test for each rule of the contract. Rules that need what the harness lacks
 * are shown as skipped with the reason; with no harness at all, every rule is. The harness is
 * closed after the last rule.
 */
export function describeStoreContract(source: HarnessSource, options: DescribeOptions = {}): void {
  const startTimeout = options.startTimeout ?? 600_000;
  const run = new ContractRun(source, options);

  describe(run.title, () => {
    beforeAll(() => run.start(), startTimeout);
    afterAll(() => run.close(), startTimeout);

    // The engine has its own deadline, which names the rule; waiting for its turn is no hang.
    const how = { concurrent: true, timeout: 0 };
    for (const rule of run.rules) {
      test(`${rule.id}: ${rule.statement}`, how, async (task) => {
        const outcome = await run.put(rule);
        if (outcome.outcome === 'failed') throw outcome.error;
        if (outcome.outcome === 'skipped') task.skip(outcome.reason);
      });
    }
  });
}
