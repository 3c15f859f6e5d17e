import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  badgeOf,
  compareReports,
  conformanceReport,
  markdownReport,
  readReport,
  rules,
  svgBadge,
  textReport,
  type Verdict,
} from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import { ReportFile } from '../../src/report/report-file.ts';
import { tableRow } from '../../src/report/table-row.ts';

const [one, two] = rules.filter(({ family }) => family === 'release');
if (one === undefined || two === undefined) throw new Error('There are no such rules.');
const run = { store: 'a store', budget: 'quick', seed: 1 } as const;
const passed: Verdict = { outcome: 'passed', rule: one, time: 1, slow: [] };
const skipped: Verdict = { outcome: 'skipped', rule: one, reason: 'no clock' };
const failedOf = (faults: readonly string[]): Verdict => {
  return { outcome: 'failed', rule: one, time: 2, faults, error: new Error('one'), seed: 1 };
};

describe('what was not tried', () => {
  test('is not shown to conform: nothing, and nothing but skips', () => {
    for (const verdicts of [[], [skipped]]) {
      const report = conformanceReport(verdicts, run);
      expect(report.conforms).toBe(false);
      expect(badgeOf(report)).toMatchObject({ message: 'no rule tried', color: 'red' });
      expect(textReport(report)).toContain(
        'a store is not shown to conform to contract 1.0: no rule was tried',
      );
    }
  });

  test('for want of a clock is told where the store is said to conform', () => {
    const report = conformanceReport([passed, skipped], { ...run, lacking: ['clock'] });
    expect(report.conforms).toBe(true);
    expect(textReport(report)).toContain('no lease and no ttl was judged');
    expect(markdownReport(report)).toContain('no lease and no ttl was judged');
  });

  test('by choice is counted, and not passed off as the contract', () => {
    const report = conformanceReport([passed], { ...run, notAsked: 41 });
    expect(badgeOf(report)).toMatchObject({ message: '1 of 42 rules', color: 'yellow' });
    const text = 'a store keeps what was asked for; 41 rules of contract 1.0 were not';
    expect(textReport(report)).toContain(text);
  });
});

describe('what a store or a harness says of itself', () => {
  const hostile = 'a\u0000\u001b[31m<b>\n# title\ud800\uffff';

  test('leaves a badge an image: nothing that XML forbids', () => {
    const svg = svgBadge(conformanceReport([passed], { ...run, store: hostile }));
    expect(svg.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\ufffe\uffff]/u);
    expect(svg.isWellFormed()).toBe(true);
    expect(svg).toContain('<title>a [31m&lt;b&gt; # title');
  });

  test('is no heading of the page, and no command to the terminal', () => {
    const report = conformanceReport([passed], { ...run, store: hostile });
    expect(markdownReport(report)).not.toMatch(/^# title/m);
    expect(textReport(report)).not.toContain('\u001b');
    expect(tableRow(['a\nb', 'c|d'])).toBe('| a b | c\\|d |');
  });

  test('does not end the block in which it stands', () => {
    const page = markdownReport(conformanceReport([failedOf(['saw ```\n# title\n```'])], run));
    expect(page).toContain('````text\nsaw ```\n# title\n```\n````');
  });
});

test('a report of a later shape is none that can be read', () => {
  const later = { ...conformanceReport([passed], run), format: 2 };
  expect(() => readReport(JSON.stringify(later))).toThrow(/no conformance report in format 1/);
});

describe('a comparison', () => {
  test('tells of a broken rule that is skipped now: less is proven than was', () => {
    const [before, now] = [failedOf(['one']), skipped].map((each) =>
      conformanceReport([each], run),
    );
    if (before === undefined || now === undefined) throw new Error('There are two.');
    expect(compareReports(before, now).noLongerTried).toEqual(now.rules);
    expect(compareReports(before, now).mended).toEqual([]);
  });

  test('is silent about what was suspiciously long before', () => {
    const slow = conformanceReport([{ ...passed, slow: ['close took 10.0 s'] }], run);
    expect(compareReports(slow, slow).slower).toEqual([]);
    expect(compareReports(conformanceReport([passed], run), slow).slower).toHaveLength(1);
  });
});

describe('the report of a test run', () => {
  async function written(file: ReportFile): Promise<unknown> {
    const folder = await mkdtemp(join(tmpdir(), 'idem-report-'));
    const path = join(folder, 'report.json');
    await file.write(path, run);
    const text = await readFile(path, 'utf8').catch(() => 'null');
    await rm(folder, { recursive: true });
    return JSON.parse(text);
  }

  test('keeps what failed once, however the runner tried it again', async () => {
    const file = new ReportFile([one]);
    file.add(failedOf(['the first time']));
    file.add(passed);
    expect(await written(file)).toMatchObject({ conforms: false, rules: [{ verdict: 'failed' }] });
  });

  test('is not written before each rule has its verdict', async () => {
    const file = new ReportFile([one, two]);
    file.add(passed);
    expect(await written(file)).toBeNull();
  });
});
