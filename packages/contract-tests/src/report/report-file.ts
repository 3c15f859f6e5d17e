import { writeFile } from 'node:fs/promises';
import type { Verdict } from '../engine/verdict.ts';
import type { Rule } from '../rule.ts';
import { conformanceReport, type RunDescription } from './conformance-report.ts';

/** Collects the verdicts of a test run, which come in any order, and writes the JSON report of a whole one. */
export class ReportFile {
  readonly #rules: readonly Rule[];
  readonly #verdicts = new Map<string, Verdict>();

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** A rule that failed once stays failed, however often the runner tries it again. */
  add(verdict: Verdict): void {
    if (this.#verdicts.get(verdict.rule.id)?.outcome === 'failed') return;
    this.#verdicts.set(verdict.rule.id, verdict);
  }

  /** Writes nothing when a rule has no verdict: half a run, with a filter say, is no report. */
  async write(path: string, run: RunDescription): Promise<void> {
    const verdicts = this.#rules.flatMap((rule) => this.#verdicts.get(rule.id) ?? []);
    if (verdicts.length < this.#rules.length) return;
    await writeFile(path, `${JSON.stringify(conformanceReport(verdicts, run), null, 2)}\n`);
  }
}
