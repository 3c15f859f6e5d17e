import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  badgeOf,
  type ConformanceReport,
  compareReports,
  comparisonMarkdown,
  comparisonText,
  markdownReport,
  readReport,
  rules,
  SUITE_VERSION,
  shieldsBadge,
  svgBadge,
} from '@idem/contract-tests';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ended, node } from './run-program.ts';

const cli = (...given: string[]): Promise<Ended> => node('../../src/cli.ts', ...given);

let folder = '';
let good: ConformanceReport;
let broken: ConformanceReport;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'idem-report-'));
  const given = ['--rule', 'release', '--rule', 'faults.lost-claim', '--format', 'json'];
  const seed = ['--seed', '5'];
  good = readReport((await cli('good-harness.ts', ...given, ...seed)).stdout);
  broken = readReport((await cli('broken-harness.ts', ...given, ...seed)).stdout);
  await writeFile(join(folder, 'good.json'), JSON.stringify(good));
});

afterAll(() => rm(folder, { recursive: true }));

describe('a badge', () => {
  test('says how many rules a store keeps, without those that were skipped', () => {
    const { message, color, label } = badgeOf({ ...good, notAsked: 0 });
    const kept = good.rules.filter(({ verdict }) => verdict === 'passed').length;
    expect(kept).toBe(good.rules.length - 1);
    expect(message).toBe(`${kept} of ${good.rules.length} rules`);
    expect(color).toBe('brightgreen');
    expect(label).toBe('idem contract 1.0');
  });

  test('of a part of the contract, or of a store without a clock, is not that of the whole', () => {
    const kept = good.rules.length - 1;
    expect(badgeOf(good)).toMatchObject({
      message: `${kept} of ${rules.length} rules`,
      color: 'yellow',
    });
    expect(badgeOf({ ...good, notAsked: 0, lacking: ['clock'] }).color).toBe('yellow');
    expect(badgeOf({ ...good, notAsked: 0, lacking: ['crash'] }).color).toBe('brightgreen');
  });

  test('says how many it breaks', () => {
    const failed = broken.rules.filter(({ verdict }) => verdict === 'failed').length;
    expect(failed).toBeGreaterThan(0);
    expect(badgeOf(broken)).toMatchObject({
      color: 'red',
      message: `${failed} ${failed === 1 ? 'rule' : 'rules'} broken`,
    });
    expect(badgeOf({ ...good, conforms: false, uncaught: ['one'] }).message).toBe(
      '1 uncaught error',
    );
  });

  test('is JSON for shields.io, or an image with its text for those who do not see it', () => {
    expect(JSON.parse(shieldsBadge(good))).toEqual(badgeOf(good));
    const svg = svgBadge({ ...good, store: 'a <b> & "c"' });
    expect(svg).toContain(`>${badgeOf(good).message}</text>`);
    expect(svg).toContain('<title>a &lt;b&gt; &amp; &quot;c&quot;: idem contract 1.0');
  });

  test('is what --format svg and --format shields write', async () => {
    const given = ['good-harness.ts', '--rule', 'release', '--rule', 'faults.lost-claim'];
    const out = join(folder, 'badge.svg');
    await cli(...given, '--format', 'svg', '--out', out);
    expect(await readFile(out, 'utf8')).toBe(svgBadge(good));
    expect((await cli(...given, '--format', 'shields')).stdout).toBe(shieldsBadge(good));
  });
});

describe('a report', () => {
  test('names the suite and counts the grades', () => {
    expect(good.suite).toBe(SUITE_VERSION);
    const { passed, failed, skipped } = good.grades.required;
    expect(markdownReport(good)).toContain(`| required | ${passed} | ${failed} | ${skipped} |`);
    expect(markdownReport(good)).toContain(`(suite ${SUITE_VERSION}, seed 5, budget quick)`);
  });

  test('of before the suite was named is read all the same', () => {
    const { suite: _, ...old } = good;
    expect(readReport(JSON.stringify(old)).suite).toBe('unknown');
  });
});

describe('a comparison', () => {
  const rename = (report: ConformanceReport): ConformanceReport => {
    const [first, ...rest] = report.rules;
    return first === undefined ? report : { ...report, rules: [{ ...first, id: 'a.b' }, ...rest] };
  };

  test('tells what is newly broken, mended, new, gone and no longer tried', () => {
    const failed = broken.rules.filter(({ verdict }) => verdict === 'failed');
    expect(compareReports(good, broken).broken).toEqual(failed);
    expect(compareReports(broken, good).mended.map(({ id }) => id)).toEqual(
      failed.map(({ id }) => id),
    );
    const [first] = good.rules;
    expect(compareReports(rename(good), { ...good, notAsked: 0 })).toMatchObject({
      added: [first],
      gone: ['a.b'],
    });
    // What was not asked for is not gone.
    expect(compareReports(rename(good), good).gone).toEqual([]);
    const tried = {
      ...good,
      rules: good.rules.map((rule) => ({ ...rule, verdict: 'passed' as const })),
    };
    const untried = compareReports(tried, good).noLongerTried.map(({ id }) => id);
    expect(untried).toEqual(['faults.lost-claim']);
    expect(compareReports(good, tried).nowTried.map(({ id }) => id)).toEqual(untried);
    const slow = { ...good, rules: good.rules.map((rule) => ({ ...rule, slow: 'close, 10 s' })) };
    expect(compareReports(good, slow).slower).toHaveLength(good.rules.length);
  });

  test('says so when nothing changed', () => {
    expect(comparisonText(compareReports(good, good))).toMatch(/^Nothing changed since the report/);
  });

  test('stands on the page and on the terminal', async () => {
    const comparison = compareReports(good, broken);
    expect(comparisonMarkdown(comparison)).toMatch(/### Newly broken\n\n- `release\./);
    expect(markdownReport(broken, comparison)).toContain(comparisonMarkdown(comparison));
    const { code, stdout } = await cli(
      ...['broken-harness.ts', '--rule', 'release', '--compare', join(folder, 'good.json')],
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/Newly broken: \d+\n {4}release\./);
  });

  test('with what is no report is refused before anything is run', async () => {
    const path = join(folder, 'none.json');
    const { code, stdout, stderr } = await cli('good-harness.ts', '--compare', path);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`The earlier report ${path} could not be read`);
  });
});
