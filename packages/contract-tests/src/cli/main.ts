import { writeFile } from 'node:fs/promises';
import { runRules } from '../engine/run-rules.ts';
import type { Verdict } from '../engine/verdict.ts';
import {
  type ConformanceReport,
  conformanceReport,
  ruleResult,
} from '../report/conformance-report.ts';
import { markdownReport } from '../report/markdown.ts';
import { ruleText, summaryText, textReport } from '../report/text.ts';
import { rules as allRules } from '../rules/index.ts';
import { type Command, type Format, parse, UsageError, usage } from './arguments.ts';
import { loadHarness } from './load-harness.ts';
import { select } from './select.ts';

/** Does what the command line asks for; answers the exit code. */
export async function main(given: readonly string[]): Promise<number> {
  try {
    return await perform(parse(given));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`idem-contract: ${error.message}\n\n${usage}`);
    return 2;
  }
}

async function perform(command: Command): Promise<number> {
  switch (command.kind) {
    case 'help':
      process.stdout.write(usage);
      return 0;
    case 'list':
      for (const { id, grade, statement } of select(allRules, command.patterns)) {
        process.stdout.write(`${id}  (${grade})  ${statement}\n`);
      }
      return 0;
    case 'run':
      return run(command);
  }
}

async function run(command: Extract<Command, { kind: 'run' }>): Promise<number> {
  const { format, out, budget, seed } = command;
  const rules = select(allRules, command.patterns);
  const harness = await loadHarness(command.harness);
  // A report that goes elsewhere leaves the terminal to show how far the run has come.
  const live = out !== undefined || format === 'text';
  const verdicts: Verdict[] = [];
  try {
    for await (const verdict of runRules(harness, { rules, budget, seed })) {
      verdicts.push(verdict);
      if (live) process.stdout.write(`${ruleText(ruleResult(verdict))}\n`);
    }
  } finally {
    await harness.close?.();
  }
  const report = conformanceReport(verdicts, { store: harness.name, budget, seed });
  if (out !== undefined) await writeFile(out, write[format](report));
  process.stdout.write(live ? `\n${summaryText(report)}\n` : write[format](report));
  return report.conforms ? 0 : 1;
}

const write: Readonly<Record<Format, (report: ConformanceReport) => string>> = {
  text: textReport,
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  markdown: markdownReport,
};
