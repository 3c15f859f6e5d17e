import { writeFileSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { runRules } from '../engine/run-rules.ts';
import { lackingOf } from '../harness.ts';
import { shieldsBadge, svgBadge } from '../report/badge.ts';
import { type Comparison, compareReports, comparisonText } from '../report/comparison.ts';
import {
  type ConformanceReport,
  type RuleResult,
  reportOf,
  ruleResult,
} from '../report/conformance-report.ts';
import { markdownReport } from '../report/markdown.ts';
import { readReport } from '../report/read.ts';
import { ruleText, summaryText, textReport } from '../report/text.ts';
import { unfinished } from '../report/unfinished.ts';
import type { Budget } from '../rule.ts';
import { rules as allRules } from '../rules/index.ts';
import type { Command, Format } from './arguments.ts';
import { closeHarness } from './close-harness.ts';
import { loadHarness } from './load-harness.ts';
import { aside, print } from './print.ts';
import { select } from './select.ts';
import { Uncaught } from './uncaught.ts';
import { type UntimelyEnd, UntimelyEnds } from './untimely-end.ts';
import { UsageError } from './usage-error.ts';
import { Watchdog } from './watchdog.ts';

/** Milliseconds after the harness has closed in which what it left behind may still go wrong. */
const AFTERMATH = 100;

/** Milliseconds that nothing of an adapter may block the process for. */
const BLOCKED: Readonly<Record<Budget, number>> = { quick: 180_000, long: 900_000 };

/** Puts the rules to the store and writes the report; answers the exit code. */
export async function run(command: Extract<Command, { kind: 'run' }>): Promise<number> {
  const { format, out, budget, seed } = command;
  const rules = select(allRules, command.patterns);
  // Before the run: half an hour later is too late to hear that there is no such file.
  const earlier = command.compare === undefined ? undefined : await earlierReport(command.compare);
  if (out !== undefined) await expectWritable(out);
  // A report that goes elsewhere leaves the terminal to show how far the run has come.
  const live = out !== undefined || format === 'text';
  if (!live) aside();
  using uncaught = new Uncaught();
  const harness = await loadHarness(command.harness);
  const results: RuleResult[] = [];
  const reported = (found: readonly RuleResult[], errors: readonly string[]): ConformanceReport =>
    reportOf(found, {
      ...{ store: harness.name, budget, seed, uncaught: errors },
      notAsked: allRules.length - rules.length,
      lacking: lackingOf(harness),
    });
  const endedBy = (end: UntimelyEnd): ConformanceReport =>
    reported(unfinished(rules, results, end), [...uncaught.errors, end.how]);
  const publish = async (report: ConformanceReport): Promise<boolean> => {
    const comparison = earlier && compareReports(earlier, report);
    const written = write[format](report, comparison);
    const kept = out === undefined || writeTo(out, written);
    const summary = kept && live ? `\n${summaryText(report)}\n` : written;
    const shown = print(summary);
    if (comparison !== undefined) tell(comparison, live);
    const lost = await shown;
    if (lost !== undefined) console.error(`The report could not be printed: ${lost.message}`);
    return kept && (lost === undefined || out !== undefined);
  };
  using _watchdog = new Watchdog(BLOCKED[budget]);
  using ends = new UntimelyEnds((end) => void publish(endedBy(end)));
  const verdicts = runRules(harness, { rules, budget, seed });
  let end: UntimelyEnd | undefined;
  try {
    for (;;) {
      const next = await ends.before(verdicts.next());
      if ('how' in next) end = next;
      if ('how' in next || next.done === true) break;
      const result = ruleResult(next.value);
      results.push(result);
      if (live) void print(`${ruleText(result)}\n`);
    }
  } finally {
    await closeHarness(harness, uncaught);
  }
  await sleep(AFTERMATH);
  const report = end === undefined ? reported(results, uncaught.errors) : endedBy(end);
  const published = await publish(report);
  if (ends.signal !== undefined) return 128 + constants.signals[ends.signal];
  if (!published) return 2;
  return report.conforms ? 0 : 1;
}

/** What changed, where it does not spoil a report that somebody reads as JSON. */
function tell(comparison: Comparison, live: boolean): void {
  const text = `\n${comparisonText(comparison)}\n`;
  if (live) void print(text);
  else console.error(text);
}

/** At once, as there is no time to wait where the process is ending. False where that failed, which is told. */
function writeTo(path: string, text: string): boolean {
  try {
    writeFileSync(path, text);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`The report could not be written to ${path}, and is printed instead: ${reason}`);
    return false;
  }
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
