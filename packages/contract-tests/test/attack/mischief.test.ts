import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReport } from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import { type Ended, nodeWith, signalled, unread } from '../run-program.ts';

const RELEASE = ['--rule', 'release.never*', '--rule', 'release.other*'];
const JSON_REPORT = ['--format', 'json'];
const timeout = 60_000;

const cli = (MISCHIEF: string, ...given: string[]): Promise<Ended> =>
  nodeWith({ MISCHIEF }, '../../src/cli.ts', 'quick-harness.ts', ...given);

describe('an adapter that ends the process', { timeout }, () => {
  test('with process.exit(0) is reported: the rules under way failed, the others were not tried', async () => {
    const given = [...RELEASE, '--rule', 'claim.vacant*', '--rule', 'release.lapsed*'];
    const { code, stdout } = await cli('exits', ...given, ...JSON_REPORT);
    const report = readReport(stdout);
    expect(code).toBe(1);
    expect(report.conforms).toBe(false);
    expect(report.uncaught.join()).toContain('process.exit(0) was called');
    const never = report.rules.find(({ id }) => id === 'release.never-claimed-is-false');
    expect(never).toMatchObject({ verdict: 'failed' });
    expect(never?.reason).toContain('process.exit(0) was called');
  });

  test('once the report is written makes no failure a success, and no crash one', async () => {
    const { code, stdout } = await cli('ends well', ...RELEASE, '--rule', 'release.own*');
    expect(stdout).toContain('does not conform');
    expect(code).toBe(1);
    const bad = await cli('ends badly', ...RELEASE);
    expect(bad.stdout).toContain('keeps what was asked for');
    expect(bad.code).toBe(3);
  });
});

describe('a signal', { timeout }, () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s closes the harness, writes the report and ends with %i', async (signal, exit) => {
    const folder = await mkdtemp(join(tmpdir(), 'idem-contract-'));
    const out = join(folder, 'report.json');
    const given = ['--rule', 'claim.vacant*', ...RELEASE, ...JSON_REPORT, '--out', out];
    const env = { MISCHIEF: 'hangs' };
    const { code, stderr } = await signalled(
      signal,
      env,
      '../../src/cli.ts',
      'quick-harness.ts',
      ...given,
    );
    const report = readReport(await readFile(out, 'utf8'));
    await rm(folder, { recursive: true });
    expect(stderr).toContain('the harness is closed');
    expect(code).toBe(exit);
    expect(report.conforms).toBe(false);
    expect(report.uncaught).toEqual([`the run was ended by ${signal}`]);
    expect(report.rules.map(({ verdict }) => verdict)).toEqual(['passed', 'skipped', 'skipped']);
  });
});

describe('an error that nobody caught', { timeout }, () => {
  test('after the verdict of its rule is of that rule, and fails no other', async () => {
    const { code, stdout } = await cli('late', ...RELEASE, ...JSON_REPORT);
    const { rules, uncaught } = readReport(stdout);
    expect(code).toBe(1);
    expect(rules.map(({ verdict }) => verdict)).toEqual(['passed', 'passed']);
    expect(uncaught.join('\n')).toMatch(
      /from what release\.\S+ had begun, after its verdict.* of the socket/,
    );
  });

  test('while a client opens is of the rule that it was opened for, alone', async () => {
    const { stdout } = await cli('opening', ...RELEASE, '--rule', 'release.l*', ...JSON_REPORT);
    const failed = readReport(stdout).rules.filter(({ verdict }) => verdict === 'failed');
    expect(failed).toHaveLength(1);
    expect(failed[0]?.reason).toContain('of the socket');
    expect(failed[0]?.reason).not.toContain('it may be of');
  });
});

test('what an adapter prints does not spoil a report that is read as JSON', {
  timeout,
}, async () => {
  const { code, stdout, stderr } = await cli('prints', ...RELEASE, ...JSON_REPORT);
  expect(readReport(stdout).rules).toHaveLength(2);
  expect(stderr).toContain('noise of the adapter');
  expect(code).toBe(0);
});

test('a harness that opens the same client again is told so', { timeout }, async () => {
  const { code, stdout } = await cli('same', ...RELEASE);
  expect(stdout).toContain('gave a client that it had given before');
  expect(code).toBe(1);
});

test.skipIf(process.platform !== 'linux')('a full disk costs no report', { timeout }, async () => {
  const { code, stdout, stderr } = await cli('', ...RELEASE, ...JSON_REPORT, '--out', '/dev/full');
  expect(stderr).toContain('The report could not be written to /dev/full');
  expect(stdout).toContain('"format": 1');
  expect(code).toBe(2);
});

test('what blocks the process for good is ended, with the rules that were under way', async () => {
  // Ended by a signal, it has no exit code.
  const { code, stderr } = await unread('blocking.ts');
  expect(stderr).toContain('Something blocked the process for 2 s with claim.example under way');
  expect(code).toBe(-1);
});
