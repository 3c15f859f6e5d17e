import { after, before, describe, test } from 'node:test';
import { asTest } from './engine/as-test.ts';
import { chooseBudget } from './engine/budget.ts';
import type { Gate } from './engine/gate.ts';
import { chooseSeed } from './engine/random.ts';
import { runRule } from './engine/run-rule.ts';
import { gateFor, isExclusive, type SuiteOptions } from './engine/run-rules.ts';
import { type Absent, type Harness, isAbsent } from './harness.ts';
import { type HarnessSource, harnessFrom, notStarted, titleOf } from './harness-source.ts';
import { ReportFile } from './report/report-file.ts';
import { rules as allRules } from './rules/index.ts';

export type { HarnessSource };

export interface DescribeOptions extends SuiteOptions {
  /** The title of the describe block; by default `the store contract`, with the harness's name where it is known already. */
  readonly title?: string | undefined;
  /** Where to write the JSON report after the last rule; by default nowhere. Only a run of every rule is reported. */
  readonly report?: string | undefined;
}

/**
 * Declares one node:test test for each rule of the contract. Rules that need what the harness lacks
 * are shown as skipped with the reason; with no harness at all, every rule is. The harness is
 * closed after the last rule.
 */
export function describeStoreContract(source: HarnessSource, options: DescribeOptions = {}): void {
  const rules = options.rules ?? allRules;
  const seed = options.seed ?? chooseSeed();
  const budget = options.budget ?? chooseBudget();
  const report = new ReportFile(rules);

  describe(options.title ?? titleOf(source), { concurrency: true }, () => {
    let harness: Harness | Absent = notStarted;
    let gate: Gate | undefined;

    before(async () => {
      harness = await harnessFrom(source);
      if (!isAbsent(harness)) gate = gateFor(harness, options.concurrency);
    });

    after(async () => {
      if (isAbsent(harness)) return;
      await harness.close?.();
      if (options.report !== undefined) {
        await report.write(options.report, { store: harness.name, budget, seed });
      }
    });

    for (const rule of rules) {
      test(`${rule.id}: ${rule.statement}`, async (task) => {
        if (isAbsent(harness) || gate === undefined) {
          task.skip(isAbsent(harness) ? harness.absent : notStarted.absent);
          return;
        }
        const open = harness;
        const verdict = await gate.run(isExclusive(rule), () =>
          runRule(rule, open, { ...options, seed }),
        );
        report.add(verdict);
        const shown = asTest(verdict);
        if (shown.outcome === 'failed') throw shown.error;
        if (shown.outcome === 'skipped') task.skip(shown.reason);
      });
    }
  });
}
