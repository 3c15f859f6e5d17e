import { type Absent, type Harness, isAbsent, lackingOf } from '../harness.ts';
import { type HarnessSource, harnessFrom, notStarted, titleOf } from '../harness-source.ts';
import type { RunDescription } from '../report/conformance-report.ts';
import { ReportFile } from '../report/report-file.ts';
import type { Budget, Rule } from '../rule.ts';
import { rules as allRules } from '../rules/index.ts';
import { asTest, type TestOutcome } from './as-test.ts';
import { checkRun } from './check-options.ts';
import type { Gate } from './gate.ts';
import { runRule } from './run-rule.ts';
import { gateFor, isExclusive, type SuiteOptions } from './run-rules.ts';
import { seen } from './seen.ts';
import type { Verdict } from './verdict.ts';

/** What every binder takes. */
export interface ContractRunOptions extends SuiteOptions {
  /** The title of the describe block; by default `the store contract`, with the harness's name where it is known already. */
  readonly title?: string | undefined;
  /** Where to write the JSON report after the last rule; by default nowhere. Only a run of every one of its rules is reported. */
  readonly report?: string | undefined;
}

/** The rules under a test runner, whichever it is: the binders only declare its hooks and its tests. */
export class ContractRun {
  readonly rules: readonly Rule[];
  readonly title: string;
  readonly #source: HarnessSource;
  readonly #options: ContractRunOptions;
  readonly #run: { readonly seed: number; readonly budget: Budget };
  readonly #report: ReportFile;
  readonly #uncaught: string[] = [];
  #harness: Harness | Absent = notStarted;
  #gate: Gate | undefined;

  constructor(source: HarnessSource, options: ContractRunOptions) {
    this.rules = options.rules ?? allRules;
    this.title = options.title ?? titleOf(source);
    this.#source = source;
    this.#options = options;
    this.#run = checkRun(options, ['title', 'report', 'startTimeout']);
    this.#report = new ReportFile(this.rules);
  }

  async start(): Promise<void> {
    this.#harness = await harnessFrom(this.#source);
    if (isAbsent(this.#harness)) return;
    this.#gate = gateFor(this.#harness, this.#options.concurrency);
  }

  /** Puts one rule to the store, when its turn has come; skipped, with the reason, when there is no harness. */
  async put(rule: Rule): Promise<TestOutcome> {
    const harness = this.#harness;
    if (isAbsent(harness)) return { outcome: 'skipped', reason: harness.absent };
    const work = (): Promise<Verdict> => runRule(rule, harness, { ...this.#options, ...this.#run });
    const verdict = await (this.#gate?.run(isExclusive(rule), work) ?? work());
    this.#report.add(verdict);
    return asTest(verdict);
  }

  #described(harness: Harness): RunDescription {
    const run = { store: harness.name, ...this.#run, uncaught: this.#uncaught };
    const asked = new Set(this.rules.map(({ id }) => id));
    const notAsked = allRules.filter(({ id }) => !asked.has(id)).length;
    return { ...run, notAsked, lacking: lackingOf(harness) };
  }

  async close(): Promise<void> {
    const harness = this.#harness;
    if (isAbsent(harness)) return;
    const { report } = this.#options;
    try {
      await harness.close?.();
    } catch (error) {
      this.#uncaught.push(`of the close of the harness, ${seen(error)}`);
      throw error;
    } finally {
      if (report !== undefined) await this.#report.write(report, this.#described(harness));
    }
  }
}
