import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReport, rules, runRule } from '@idem/contract-tests';
import { describe, expect, test } from 'vitest';
import { closeHarness } from '../../src/cli/close-harness.ts';
import strangeErrors from '../programs/strange-errors-harness.ts';
import { type Ended, node } from '../run-program.ts';

const cli = (...given: string[]): Promise<Ended> => node('../../src/cli.ts', ...given);
const RULE = ['--rule', 'find-store.claimed-is-not-found'];

describe('the command line', () => {
  test('a store that ends the process has not shown that it conforms', async () => {
    const { code, stderr } = await cli('exiting-harness.ts', ...RULE);
    expect(code).toBe(1);
    expect(stderr).toContain('The process was ended before the run');
  });

  test('an ability that is neither there nor absent is named, before the run', async () => {
    const { code, stderr } = await cli('strange-abilities-harness.ts', ...RULE);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /has for clock, crash, faults neither what the suite can use nor absent/,
    );
  });

  test('a report that cannot be written is told before the run', async () => {
    const out = join(tmpdir(), 'no-such-folder', 'report.json');
    const { code, stdout, stderr } = await cli('good-harness.ts', '--out', out, ...RULE);
    expect(code).toBe(2);
    expect(stderr).toContain(`The report cannot be written to ${out}`);
    expect(stdout).toBe('');
  });

  test('an earlier report may be the one that is written anew', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'idem-contract-'));
    const path = join(folder, 'report.json');
    const given = ['good-harness.ts', '--format', 'json', '--out', path, ...RULE];
    expect((await cli(...given)).code).toBe(0);
    const { code, stdout } = await cli(...given, '--compare', path);
    const report = readReport(await readFile(path, 'utf8'));
    await rm(folder, { recursive: true });
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing changed since');
    expect(report.rules).toHaveLength(1);
  });

  test('what is no report is told by its name, not compared', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'idem-contract-'));
    const path = join(folder, 'report.json');
    await writeFile(path, '{"format":1,"store":"s","rules":[{"id":"claim.a","verdict":"maybe"}]}');
    const { code, stderr } = await cli('good-harness.ts', '--compare', path, ...RULE);
    await rm(folder, { recursive: true });
    expect(code).toBe(2);
    expect(stderr).toContain('This is no conformance report in format 1');
  });
});

test('what throws when it is looked at is a verdict like any other', async () => {
  const touched = rules.filter(({ id }) => id === 'find-store.claimed-is-not-found');
  for (const rule of touched) {
    const verdict = await runRule(rule, strangeErrors, { seed: 1 });
    if (verdict.outcome !== 'failed') throw new Error(`${rule.id} ${verdict.outcome}`);
    expect(verdict.faults.join()).toContain('something that cannot be looked at');
  }
  expect(touched).toHaveLength(1);
});

test('a harness whose close never settles costs no verdict', async () => {
  const errors: string[] = [];
  const uncaught = { add: (when: string, error: unknown) => errors.push(`${when}: ${error}`) };
  await closeHarness({ close: () => new Promise(() => {}) }, uncaught, 20);
  expect(errors).toEqual([
    'of the close of the harness: Error: it did not come to an end within 0.02 s',
  ]);
});
