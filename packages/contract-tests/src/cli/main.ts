import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runRules } from '../engine/run-rules.ts';
import type { Verdict } from '../engine/verdict.ts';
import { answersTo } from '../init/answers.ts';
import { init } from '../init/init.ts';
import { shieldsBadge, svgBadge } from '../report/badge.ts';
import { type Comparison, compareReports, comparisonText } from '../report/comparison.ts';
import {
  type ConformanceReport,
  conformanceReport,
  ruleResult,
} from '../report/conformance-report.ts';
import { markdownReport } from '../report/markdown.ts';
import { readReport } from '../report/read.ts';
import { ruleText, summaryText, textReport } from '../report/text.ts';
import { rules as allRules } from '../rules/index.ts';
import { type Command, type Format, parse, usage } from './arguments.ts';
import { ask } from './ask.ts';
import { closeHarness } from './close-harness.ts';
import { loadHarness } from './load-harness.ts';
import { print } from './print.ts';
import { select } from './select.ts';
import { Uncaught } from './uncaught.ts';
import { UsageError } from './usage-error.ts';

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
      print(usage);
      return 0;
    case 'list':
      for (const { id, grade, statement } of select(allRules, command.patterns)) {
        print(`${id}  (${grade})  ${statement}\n`);
      }
      return 0;
    case 'init':
      return begin(command);
    case 'run':
      return run(command);
  }
}

/** Writes a new adapter, and says what comes next. */
async function begin({ folder, given }: Extract<Command, { kind: 'init' }>): Promise<number> {
  const written = await init(folder, await answersTo(given, ask));
  print(`${written.map((path) => `${join(folder, path)}\n`).join('')}
Next: npm install, npm run report. Every operation says that it is not written yet; write src/store.ts
until no rule does. The guide: node_modules/@idem/contract-tests/docs/writing-an-adapter.md
`);
  return 0;
}

async function run(command: Extract<Command, { kind: 'run' }>): Promise<number> {
  const { format, out, budget, seed } = command;
  const rules = select(allRules, command.patterns);
  // Before the run: half an hour later is too late to hear that there is no such file.
  const earlier = command.compare === undefined ? undefined : await earlierReport(command.compare);
  if (out !== undefined) await expectWritable(out);
  const harness = await loadHarness(command.harness);
  // A report that goes elsewhere leaves the terminal to show how far the run has come.
  const live = out !== undefined || format === 'text';
  const verdicts: Verdict[] = [];
  using uncaught = new Uncaught();
  try {
    for await (const verdict of runRules(harness, { rules, budget, seed })) {
      verdicts.push(verdict);
      if (live) print(`${ruleText(ruleResult(verdict))}\n`);
    }
  } finally {
    await closeHarness(harness, uncaught);
  }
  const { errors } = uncaught;
  const report = conformanceReport(verdicts, {
    ...{ store: harness.name, budget, seed },
    uncaught: errors,
  });
  const comparison = earlier && compareReports(earlier, report);
  const written = write[format](report, comparison);
  if (out !== undefined) await writeFile(out, written);
  print(live ? `\n${summaryText(report)}\n` : written);
  if (comparison !== undefined) tell(comparison, live);
  return report.conforms ? 0 : 1;
}

/** What changed, where it does not spoil a report that somebody reads as JSON. */
function tell(comparison: Comparison, live: boolean): void {
  const text = `\n${comparisonText(comparison)}\n`;
  if (live) print(text);
  else console.error(text);
}

/** Touches it: what is there stays until the report is. */
async function expectWritable(path: string): Promise<void> {
  try {
    await appendFile(path, '');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The report cannot be written to ${path}: ${reason}`);
  }
}

async function earlierReport(path: string): Promise<ConformanceReport> {
  try {
    return readReport(await readFile(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The earlier report ${path} could not be read: ${reason}`);
  }
}

const write: Readonly<
  Record<Format, (report: ConformanceReport, comparison: Comparison | undefined) => string>
> = {
  text: (report) => textReport(report),
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  markdown: markdownReport,
  svg: svgBadge,
  shields: shieldsBadge,
};
