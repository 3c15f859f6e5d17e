import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReport } from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import { type Ended, node, unread } from './run-program.ts';

const cli = (...given: string[]): Promise<Ended> => node('../../src/cli.ts', ...given);

const timeout = 60_000;

describe('a store that conforms', { timeout }, () => {
  test('is reported rule by rule, with a summary by grade, and exit code 0', async () => {
    const { code, stdout, stderr } = await cli(
      ...['good-harness.ts', '--seed', '5', '--rule', 'claim', '--rule', 'faults'],
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^✓ claim\.vacant-is-acquired {2}A claim of a vacant key is acquired\. {2}\(.* ms\)$/m,
    );
    expect(stdout).toMatch(/^- faults\..*\n {4}skipped: there is no connection$/m);
    expect(stdout).toMatch(/^ {2}required +\d+ passed, 0 failed, \d+ skipped$/m);
    expect(stdout).toMatch(
      /^a good store keeps what was asked for; \d+ rules of contract 1\.0 were not \(suite \S+, seed 5, budget quick\)\.$/m,
    );
  });

  test('is reported as JSON of a stable shape', async () => {
    const { code, stdout } = await cli('good-harness.ts', '--format', 'json', '--rule', 'release');
    expect(code).toBe(0);
    const report = readReport(stdout);
    expect(Object.keys(report)).toEqual([
      ...['format', 'contract', 'suite', 'store', 'budget', 'seed', 'conforms'],
      ...['uncaught', 'notAsked', 'lacking', 'grades', 'rules'],
    ]);
    expect(report).toMatchObject({ format: 1, contract: '1.0', conforms: true });
    expect(new Set(report.rules.map(({ family }) => family))).toEqual(new Set(['release']));
    expect(Object.keys(report.rules[0] ?? {})).toEqual([
      ...['id', 'family', 'grade', 'since', 'statement', 'verdict', 'time', 'reason', 'slow'],
    ]);
  });
});

describe('a store that does not conform', { timeout }, () => {
  const given = ['broken-harness.ts', '--rule', 'release', '--seed', '5'];

  test('is reported with what was seen, and exit code 1', async () => {
    const { code, stdout } = await cli(...given);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ release\..*\n {4}.*expected true, saw false/m);
    expect(stdout).toMatch(/a broken store does not conform to contract 1\.0/);
  });

  test('is reported as Markdown in a file, while the terminal shows the run', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'idem-contract-'));
    const out = join(directory, 'report.md');
    const { code, stdout } = await cli(...given, '--format', 'markdown', '--out', out);
    const markdown = await readFile(out, 'utf8');
    await rm(directory, { recursive: true });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ release\./m);
    expect(markdown).toMatch(/^# a broken store$/m);
    expect(markdown).toMatch(
      /^\| rules on \| a broken store \|\n\| --- \| --- \|\n\| release \| \d+\/\d+ \(\d+ failed\) \|$/m,
    );
    expect(markdown).toMatch(/^## Failed$/m);
  });
});

describe('the command line', { timeout }, () => {
  test('lists the rules without a harness', async () => {
    const { code, stdout } = await cli('--list', '--rule', 'model.*');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^model\.any-sequence {2}\(stochastic\) {2}Whatever/m);
    expect(stdout).not.toMatch(/^claim\./m);
  });

  test('explains itself', async () => {
    const { code, stdout } = await cli('--help');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: idem-contract/);
  });

  test.each([
    ['no harness', [], /Name the module whose default export is the harness/],
    ['an unknown option', ['good-harness.ts', '--fast'], /--fast/],
    [
      'a wrong format',
      ['good-harness.ts', '--format', 'xml'],
      /--format must be text or json or markdown or svg or shields; it was "xml"/,
    ],
    ['a wrong seed', ['good-harness.ts', '--seed', '-1e3'], /--seed|seed/],
    [
      'a rule that is not there',
      ['good-harness.ts', '--rule', 'nothing.*'],
      /No rule is named nothing\.\*/,
    ],
    ['a module that is not there', ['missing.ts'], /The harness missing\.ts could not be loaded/],
    [
      'half a harness',
      ['no-clock-harness.ts'],
      /does not say whether it has clock, crash, faults, plant, processes/,
    ],
    [
      'a harness that is absent',
      ['absent-harness.ts'],
      /gives no harness: there is no server here/,
    ],
  ])('refuses %s with exit code 2', async (_what, given, says) => {
    const { code, stdout, stderr } = await cli(...given);
    expect(stderr).toMatch(says);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('an adapter that throws where nobody listens', { timeout }, () => {
  const given = ['throwing-harness.ts', '--seed', '5'];

  test('breaks the rule under way and not the run: all is reported, and the harness closed', async () => {
    const rules = ['--rule', 'release.never*', '--rule', 'renew.never*', '--rule', 'claim.vacant*'];
    const { code, stdout, stderr } = await cli(...given, ...rules);
    expect(stdout).toMatch(/^✗ release\.never-claimed.*\n.*nobody caught.*of the socket/m);
    expect(stdout).toMatch(/^✗ renew\.never-claimed.*\n.*nobody caught.*of the heartbeat/m);
    expect(stdout).toMatch(/^✓ claim\.vacant-is-acquired/m);
    expect(stdout).toMatch(/a store that throws elsewhere does not conform/);
    expect(stderr).toMatch(/the harness is closed/);
    expect(code).toBe(1);
  });

  test('does not conform either when no rule is under way', async () => {
    const { code, stdout } = await cli('throwing-late-harness.ts', '--rule', 'claim.vacant*');
    expect(stdout).toMatch(/nobody caught: while no rule was under way, .*of the server/);
    expect(stdout).toMatch(/nobody caught: of the close of the harness, .*does not stop/);
    expect(code).toBe(1);
  });

  test('is reported in full to a file when the terminal has gone away', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'idem-contract-'));
    const out = join(directory, 'report.json');
    const rules = ['--rule', 'find-store', '--rule', 'release'];
    const { code, stderr } = await unread(
      '../../src/cli.ts',
      ...given,
      ...rules,
      '--format',
      'json',
      '--out',
      out,
    );
    const report = readReport(await readFile(out, 'utf8'));
    await rm(directory, { recursive: true });
    expect(report.rules.length).toBeGreaterThan(20);
    expect(stderr).toBe('the harness is closed\n');
    expect(code).toBe(1);
  });
});
